"""Convolutions of any kind -> one vector, whatever the size of the spectrogram."""

import torch.nn.functional as F
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.models.layout import to_fastest_layout
from instrument_net.models.shapes import check_share


class PooledBranch(nn.Module):
    """Convolutions, mean and maximum over time, dropout, dense ReLU.

    Frequencies are averaged, within a few bands or over all; over time, mean and maximum are added,
    so that neither a short sound in a long clip nor a steady one is lost. No weight depends on the
    spectrogram's size.

    Args:
        convolutions: ``(batch, 1, frequency, frame)`` to ``(batch, channels, height, width)``.
        channels: Channels of the last maps.
        stride: Pixels of the spectrogram from one pixel of the maps to the next.
        first_centre: Pixel of the spectrogram on which the first pixel of the maps is centred.
        dense_units: Neurons of the dense layer.
        dropout: Share of the pooled values that training sets to 0.
        frequency_bands: Bands of equal height, each averaged by itself: the dense layer then knows
            roughly at which frequency something was found. 1: it does not.

    Raises:
        InputError: If the share is not from 0 to 1, or there is no band.

    References:
        Kong et al., "PANNs", IEEE/ACM Trans. Audio, Speech, Lang. Process. 28, 2020 (pooling).
    """

    def __init__(
        self,
        convolutions: nn.Module,
        *,
        channels: int,
        stride: int,
        first_centre: float,
        dense_units: int,
        dropout: float,
        frequency_bands: int = 1,
    ) -> None:
        super().__init__()
        check_share("dropout", dropout)
        if frequency_bands < 1:
            raise InputError(f"frequency_bands must be at least 1, got {frequency_bands}")
        self.convolutions = convolutions
        self.feature_maps = nn.Identity()  # a module of its own, so that hooks find the maps
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Sequential(
            nn.Linear(channels * frequency_bands, dense_units), nn.ReLU(inplace=True)
        )
        self._stride = stride
        self._first_centre = first_centre
        self._frequency_bands = frequency_bands

    def receptive_field_centre(self, position: float) -> float:
        """Return the spectrogram's row (or column) on which one of the feature maps is centred."""
        return self._first_centre + self._stride * position

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return ``(batch, dense_units)``, all >= 0, of ``(batch, 1, frequency, frame)``."""
        maps = self.convolutions(to_fastest_layout(spectrogram, blocks=False))
        maps = self.feature_maps(maps)  # (batch, channels, height, width), all >= 0
        over_time = self._by_band(maps)
        pooled = over_time.mean(dim=2) + over_time.amax(dim=2)
        activations: Tensor = self.dense(self.dropout(pooled))
        return activations

    def _by_band(self, maps: Tensor) -> Tensor:
        """Return the mean of each band, ``(batch, channels * bands, width)``."""
        if self._frequency_bands == 1:
            return maps.mean(dim=2)
        bands = F.adaptive_avg_pool2d(maps, (self._frequency_bands, maps.shape[3]))
        return bands.flatten(1, 2)
