"""Two branches; the spectrogram's is made of depthwise convolutions: little arithmetic."""

from torch import Tensor, nn

from instrument_net.models.fused_network import FusedNetwork
from instrument_net.models.normalised_convolution import normalised_convolution
from instrument_net.models.pooled_branch import PooledBranch
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE

_EXPANSION = 4  # of all blocks but the first, whose maps are the largest
# Widths in units of the first convolution's filters; every stage halves the maps.
_STAGES = (1.5, 2.5, 4.0)
_LAST_CONVOLUTION = 8
_BLOCKS_PER_STAGE = 2


class InvertedResidualBlock(nn.Module):
    """1x1 convolution to more channels, depthwise convolution, 1x1 back to few; a shortcut.

    The shortcut runs between the narrow ends, which have no ReLU, and only where input and output
    have the same shape.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        stride: Of the depthwise convolution.
        expansion: Factor by which the channels grow; with 1, the first convolution is left out.

    References:
        Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.
    """

    def __init__(
        self, in_channels: int, out_channels: int, *, stride: int, expansion: int = _EXPANSION
    ) -> None:
        super().__init__()
        wide = expansion * in_channels
        layers = [
            normalised_convolution(wide, wide, stride=stride, groups=wide),
            normalised_convolution(wide, out_channels, kernel_size=1, relu=False),
        ]
        if expansion != 1:
            layers.insert(0, normalised_convolution(in_channels, wide, kernel_size=1))
        self.convolutions = nn.Sequential(*layers)
        self._has_shortcut = stride == 1 and in_channels == out_channels

    def forward(self, maps: Tensor) -> Tensor:
        """Return ``(batch, out_channels, height', width')``."""
        transformed: Tensor = self.convolutions(maps)
        return maps + transformed if self._has_shortcut else transformed


class InvertedResidualNet(FusedNetwork):
    """A strided convolution and six inverted residual blocks, fused with the features' branch.

    Args:
        n_classes: Instruments to distinguish, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)``, of any size.
        filters: Filters of the first convolution; the stages have 1.5, 2.5 and 4 times as many,
            the last convolution 8 times.
        dense_units: Neurons of each dense layer but the last.
        fusion: ``concatenate``, ``gated`` or ``attention``; ``none``: without the features.
        dropout: Share of the pooled values that training sets to 0.
        feature_dropout: Share of the training clips whose features are dropped.
        frequency_bands: Bands of equal height that are averaged separately, see
            :class:`~instrument_net.models.pooled_branch.PooledBranch`.

    Raises:
        InputError: If a size is too small, a share not from 0 to 1, or the fusion unknown.
    """

    def __init__(
        self,
        n_classes: int,
        n_features: int = N_FEATURES,
        *,
        spectrogram_shape: tuple[int, ...] = SPECTROGRAM_SHAPE,
        filters: int = 16,
        dense_units: int = 64,
        fusion: str = "concatenate",
        dropout: float = 0.2,
        feature_dropout: float = 0.0,
        frequency_bands: int = 1,
    ) -> None:
        super().__init__(
            n_classes,
            n_features,
            spectrogram_shape=spectrogram_shape,
            filters=filters,
            dense_units=dense_units,
        )
        branch = PooledBranch(
            _convolutions(filters),
            channels=_LAST_CONVOLUTION * filters,
            stride=2 ** (1 + len(_STAGES)),
            first_centre=0,
            dense_units=dense_units,
            dropout=dropout,
            frequency_bands=frequency_bands,
        )
        self.join(
            branch,
            n_classes=n_classes,
            dense_units=dense_units,
            fusion=fusion,
            feature_dropout=feature_dropout,
        )


def _convolutions(filters: int) -> nn.Sequential:
    layers: list[nn.Module] = [normalised_convolution(1, filters, stride=2)]
    channels = filters
    for stage, factor in enumerate(_STAGES):
        for block in range(_BLOCKS_PER_STAGE):
            width = round(factor * filters)
            layers.append(
                InvertedResidualBlock(
                    channels,
                    width,
                    stride=1 if block else 2,
                    expansion=1 if stage == block == 0 else _EXPANSION,
                )
            )
            channels = width
    layers.append(normalised_convolution(channels, _LAST_CONVOLUTION * filters, kernel_size=1))
    return nn.Sequential(*layers)
