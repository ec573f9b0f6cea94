"""Ablation: the perceptron branch alone. What is lost without the spectrogram?"""

from torch import Tensor, nn

from instrument_net.models.initialisation import glorot_uniform_
from instrument_net.models.network import Network
from instrument_net.models.perceptron_branch import PerceptronBranch
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE


class PerceptronNet(Network):
    """The perceptron branch and a dense layer to the logits.

    Called like :class:`~instrument_net.models.TwoBranchNet`, so that one data module, loss and
    command serve both. The spectrogram must have the right shape; its values are not read.

    Args:
        n_classes: Instruments to distinguish, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)`` of the spectrogram that comes along.
        dense_units: Neurons of each dense layer but the last.

    Raises:
        InputError: If a size is too small.

    >>> import torch
    >>> network = PerceptronNet(n_classes=3)
    >>> network(torch.rand(2, 1, 560, 256), torch.rand(2, 20)).shape
    torch.Size([2, 3])
    >>> network.spectrogram_branch is None
    True
    """

    perceptron_branch: PerceptronBranch
    output: nn.Linear

    def __init__(
        self,
        n_classes: int,
        n_features: int = N_FEATURES,
        *,
        spectrogram_shape: tuple[int, ...] = SPECTROGRAM_SHAPE,
        dense_units: int = 64,
    ) -> None:
        super().__init__(
            n_classes, n_features, spectrogram_shape=spectrogram_shape, dense_units=dense_units
        )
        self.perceptron_branch = PerceptronBranch(n_features=n_features, dense_units=dense_units)
        self.output = nn.Linear(dense_units, n_classes)
        self.apply(glorot_uniform_)

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads, ``(batch, dense_units)``, of checked inputs."""
        del spectrogram
        embedding: Tensor = self.perceptron_branch(features)
        return embedding
