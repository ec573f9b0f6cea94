"""The two-branch network: spectrogram and features, one joint prediction (spec section 1.6)."""

import torch
from torch import Tensor, nn

from instrument_net.models.initialisation import glorot_uniform_
from instrument_net.models.network import Network
from instrument_net.models.perceptron_branch import PerceptronBranch
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE
from instrument_net.models.spectrogram_branch import SpectrogramBranch


class TwoBranchNet(Network):
    """Both branches, concatenated to 128 activations, and a dense layer to the logits.

    319,109 parameters for 37 classes and the sizes of the spec. The softmax (eq. 15) is left to the
    loss and to whoever wants probabilities: ``logits.softmax(dim=1)``.

    The spec's layout is channels last, batch x 560 x 256 x 1 (eq. 21); PyTorch's shape for the same
    spectrogram is ``(batch, 1, 560, 256)``. Which memory format is fastest depends on the device
    (``torch.channels_last`` on a GPU); the network converts its input itself.

    Args:
        n_classes: Instruments to distinguish, k, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)``; at least 79 of either.
        filters: Filters of every convolution.
        dense_units: Neurons of each dense layer but the last.

    Raises:
        InputError: If a size is too small.

    >>> import torch
    >>> network = TwoBranchNet(n_classes=37)
    >>> sum(parameter.numel() for parameter in network.parameters())
    319109
    >>> network(torch.rand(2, 1, 560, 256), torch.rand(2, 20)).shape
    torch.Size([2, 37])
    """

    spectrogram_branch: SpectrogramBranch
    perceptron_branch: PerceptronBranch
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
        self.perceptron_branch = PerceptronBranch(n_features=n_features, dense_units=dense_units)
        self.output = nn.Linear(2 * dense_units, n_classes)
        self.apply(glorot_uniform_)

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads, ``(batch, 2 * dense_units)``, of checked inputs."""
        return torch.cat(  # the spectrogram's half first
            [self.spectrogram_branch(spectrogram), self.perceptron_branch(features)], dim=1
        )
