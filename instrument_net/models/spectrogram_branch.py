"""Spectrogram -> 64 activations (spec section 1.6.1, eq. 21)."""

from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.models.convolution_group import (
    ConvolutionGroup,
    centre_before_group,
    size_after_group,
    size_before_group,
)
from instrument_net.models.layout import PlainLayout, to_fastest_layout
from instrument_net.models.shapes import SPECTROGRAM_SHAPE, SpectrogramShape

N_GROUPS = 3


def size_after_groups(spectrogram_shape: SpectrogramShape) -> tuple[int, int]:
    """Return ``(height, width)`` of the feature maps that leave the last convolution group.

    Raises:
        InputError: If nothing is left of the frequency or of the frame axis.
    """
    size = [*spectrogram_shape[1:]]
    for _ in range(N_GROUPS):
        size = [size_after_group(axis) for axis in size]
    if min(size) < 1:
        least = 1
        for _ in range(N_GROUPS):
            least = size_before_group(least)
        raise InputError(
            f"spectrogram_shape {spectrogram_shape} is too small: {N_GROUPS} convolution groups "
            f"leave {size[0]} x {size[1]} of it; expected at least (1, {least}, {least})"
        )
    return size[0], size[1]


class SpectrogramBranch(nn.Module):
    """Three convolution groups, flatten, dense ReLU, dense ReLU.

    1 x 560 x 256 becomes 32 x 185 x 84, 32 x 60 x 26 and 32 x 18 x 7, that is 4032 values.

    Args:
        spectrogram_shape: ``(1, frequency, frame)``; the sizes of all layers follow from it.
        filters: Filters of every convolution.
        dense_units: Neurons of both dense layers.

    Raises:
        InputError: If the spectrogram is too small for the three groups.
    """

    def __init__(
        self,
        *,
        spectrogram_shape: SpectrogramShape = SPECTROGRAM_SHAPE,
        filters: int = 32,
        dense_units: int = 64,
    ) -> None:
        super().__init__()
        height, width = size_after_groups(spectrogram_shape)
        in_channels = [spectrogram_shape[0], *[filters] * (N_GROUPS - 1)]
        self.groups = nn.Sequential(*(ConvolutionGroup(n, filters) for n in in_channels))
        self.feature_maps = PlainLayout()  # a module of its own, so that hooks find the maps
        self.dense = nn.Sequential(
            nn.Linear(filters * height * width, dense_units),
            nn.ReLU(inplace=True),
            nn.Linear(dense_units, dense_units),
            nn.ReLU(inplace=True),
        )

    @staticmethod
    def receptive_field_centre(position: float) -> float:
        """Return the spectrogram's row (or column) on which one of the feature maps is centred.

        Without padding, the 18 x 7 positions are not spread evenly over the 560 x 256 pixels: the
        first is centred on pixel 39, and they are 27 pixels apart.
        """
        for _ in range(N_GROUPS):
            position = centre_before_group(position)
        return position

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return ``(batch, dense_units)``, all >= 0, of ``(batch, 1, frequency, frame)``."""
        # (batch, filters, height, width), flattened in the order filter, height, width
        feature_maps = self.feature_maps(self.groups(to_fastest_layout(spectrogram)))
        activations: Tensor = self.dense(feature_maps.flatten(start_dim=1))
        return activations
