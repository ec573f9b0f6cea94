"""Ablation: the spectrogram branch alone. What is lost without the feature vector?"""

from torch import Tensor, nn

from instrument_net.models.initialisation import glorot_uniform_
from instrument_net.models.network import Network
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE
from instrument_net.models.spectrogram_branch import SpectrogramBranch


class SpectrogramNet(Network):
    """The spectrogram branch and a dense layer to the logits.

    Called like :class:`~instrument_net.models.TwoBranchNet`, so that one data module, loss and
    command serve both. The features must have the right shape; their values are not read.

    Args:
        n_classes: Instruments to distinguish, at least 2.
        n_features: Columns of the design matrix that comes along.
        spectrogram_shape: ``(1, frequency, frame)``; at least 79 of either.
        filters: Filters of every convolution.
        dense_units: Neurons of each dense layer but the last.

    Raises:
        InputError: If a size is too small.

    >>> import torch
    >>> network = SpectrogramNet(n_classes=3, spectrogram_shape=(1, 96, 128))
    >>> network(torch.rand(2, 1, 96, 128), torch.rand(2, 20)).shape
    torch.Size([2, 3])
    >>> network.perceptron_branch is None
    True
    """

    spectrogram_branch: SpectrogramBranch
    output: nn.Linear

    def __init__(
        self,
        n_classes: int,
        n_features: int = N_FEATURES,
        *,
        spectrogram_shape: tuple[int, ...] = SPECTROGRAM_SHAPE,
        filters: int = 32,
        dense_units: int = 64,
    ) -> None:
        super().__init__(
            n_classes,
            n_features,
            spectrogram_shape=spectrogram_shape,
            filters=filters,
            dense_units=dense_units,
        )
        self.spectrogram_branch = SpectrogramBranch(
            spectrogram_shape=self.spectrogram_shape, filters=filters, dense_units=dense_units
        )
        self.output = nn.Linear(dense_units, n_classes)
        self.apply(glorot_uniform_)

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads, ``(batch, dense_units)``, of checked inputs."""
        del features
        embedding: Tensor = self.spectrogram_branch(spectrogram)
        return embedding
