"""Convolutions of any kind -> one vector, whatever the size of the spectrogram."""

from torch import Tensor, nn

from instrument_net.models.layout import to_fastest_layout
from instrument_net.models.shapes import check_share


class PooledBranch(nn.Module):
    """Convolutions, mean and maximum over time, dropout, dense ReLU.

    Frequencies are averaged; over time, mean and maximum are added, so that neither a short sound
    in a long clip nor a steady one is lost. No weight depends on the spectrogram's size.

    Args:
        convolutions: ``(batch, 1, frequency, frame)`` to ``(batch, channels, height, width)``.
        channels: Channels of the last maps.
        stride: Pixels of the spectrogram from one pixel of the maps to the next.
        first_centre: Pixel of the spectrogram on which the first pixel of the maps is centred.
        dense_units: Neurons of the dense layer.
        dropout: Share of the pooled values that training sets to 0.

    Raises:
        InputError: If the share is not from 0 to 1.

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
    ) -> None:
        super().__init__()
        check_share("dropout", dropout)
        self.convolutions = convolutions
        self.feature_maps = nn.Identity()  # a module of its own, so that hooks find the maps
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Sequential(nn.Linear(channels, dense_units), nn.ReLU(inplace=True))
        self._stride = stride
        self._first_centre = first_centre

    def receptive_field_centre(self, position: float) -> float:
        """Return the spectrogram's row (or column) on which one of the feature maps is centred."""
        return self._first_centre + self._stride * position

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return ``(batch, dense_units)``, all >= 0, of ``(batch, 1, frequency, frame)``."""
        maps = self.convolutions(to_fastest_layout(spectrogram, blocks=False))
        maps = self.feature_maps(maps)  # (batch, channels, height, width), all >= 0
        over_time = maps.mean(dim=2)
        pooled = over_time.mean(dim=2) + over_time.amax(dim=2)
        activations: Tensor = self.dense(self.dropout(pooled))
        return activations
