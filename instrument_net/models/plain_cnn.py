"""The plain convolutional network that one would try first: no features' branch."""

from itertools import pairwise

from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.models.initialisation import he_normal_
from instrument_net.models.network import Network
from instrument_net.models.normalised_convolution import normalised_convolution
from instrument_net.models.pooled_branch import PooledBranch
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE, SpectrogramShape

_N_LAYERS = 5


class PlainCnn(Network):
    """Five times [3x3 convolution, batch normalisation, ReLU, 2x2 max-pooling], then pooled.

    The features must have the right shape; their values are not read.

    Args:
        n_classes: Instruments to distinguish, at least 2.
        n_features: Columns of the design matrix that comes along.
        spectrogram_shape: ``(1, frequency, frame)``; at least 32 of either.
        filters: Filters of the first convolution; each further one but the last has twice as many
            as the one before it.
        dense_units: Neurons of the dense layer before the last.
        dropout: Share of the pooled values that training sets to 0.

    Raises:
        InputError: If a size is too small, or the share not from 0 to 1.
    """

    spectrogram_branch: PooledBranch
    output: nn.Linear

    def __init__(
        self,
        n_classes: int,
        n_features: int = N_FEATURES,
        *,
        spectrogram_shape: tuple[int, ...] = SPECTROGRAM_SHAPE,
        filters: int = 16,
        dense_units: int = 64,
        dropout: float = 0.2,
    ) -> None:
        super().__init__(
            n_classes,
            n_features,
            spectrogram_shape=spectrogram_shape,
            filters=filters,
            dense_units=dense_units,
        )
        _check_size(self.spectrogram_shape)
        widths = [1, *(filters * 2**k for k in range(_N_LAYERS - 1))]
        widths.append(widths[-1])
        layers: list[nn.Module] = []
        for in_channels, out_channels in pairwise(widths):
            layers += [normalised_convolution(in_channels, out_channels), nn.MaxPool2d(2)]
        stride = 2**_N_LAYERS
        self.spectrogram_branch = PooledBranch(
            nn.Sequential(*layers),
            channels=widths[-1],
            stride=stride,
            first_centre=(stride - 1) / 2,
            dense_units=dense_units,
            dropout=dropout,
        )
        self.output = nn.Linear(dense_units, n_classes)
        self.apply(he_normal_)

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads, ``(batch, dense_units)``, of checked inputs."""
        del features
        embedding: Tensor = self.spectrogram_branch(spectrogram)
        return embedding


def _check_size(spectrogram_shape: SpectrogramShape) -> None:
    least = 2**_N_LAYERS
    if min(spectrogram_shape[1:]) < least:
        raise InputError(
            f"spectrogram_shape {spectrogram_shape} is too small: {_N_LAYERS} poolings leave "
            f"nothing of it; expected at least (1, {least}, {least})"
        )
