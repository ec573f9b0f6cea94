"""Two branches; the spectrogram's is a small residual network."""

import torch.nn.functional as F
from torch import Tensor, nn

from instrument_net.models.fused_network import FusedNetwork
from instrument_net.models.normalised_convolution import normalised_convolution
from instrument_net.models.pooled_branch import PooledBranch
from instrument_net.models.shapes import N_FEATURES, SPECTROGRAM_SHAPE

_N_STAGES = 4


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, and beside them a shortcut that is added before the last ReLU.

    Args:
        in_channels: Channels of the input.
        out_channels: Filters of both convolutions.
        stride: Of the first convolution and of the shortcut.

    References:
        He et al., "Deep residual learning for image recognition", CVPR 2016.
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            normalised_convolution(in_channels, out_channels, stride=stride),
            normalised_convolution(out_channels, out_channels, relu=False),
        )
        self.shortcut = nn.Sequential()
        if stride != 1:
            # An average as in He et al., "Bag of tricks", CVPR 2019, not a strided 1x1 convolution:
            # that reads a quarter of the pixels, and oneDNN's gradient of it writes beyond its
            # memory where channels come last and are few (uxlfoundation/oneDNN#6035).
            self.shortcut.append(nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False))
        if in_channels != out_channels:
            self.shortcut.append(
                normalised_convolution(in_channels, out_channels, kernel_size=1, relu=False)
            )

    def forward(self, maps: Tensor) -> Tensor:
        """Return ``(batch, out_channels, height', width')``, all >= 0."""
        return F.relu(self.convolutions(maps) + self.shortcut(maps))


class ResidualNet(FusedNetwork):
    """A strided convolution and four stages of residual blocks, fused with the features' branch.

    Args:
        n_classes: Instruments to distinguish, at least 2.
        n_features: Columns of the design matrix.
        spectrogram_shape: ``(1, frequency, frame)``, of any size.
        filters: Filters of the first stage; each further stage has twice as many and a quarter of
            the pixels.
        blocks_per_stage: Residual blocks per stage.
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
        blocks_per_stage: int = 1,
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
            blocks_per_stage=blocks_per_stage,
            dense_units=dense_units,
        )
        branch = PooledBranch(
            _convolutions(filters, blocks_per_stage),
            channels=filters * 2 ** (_N_STAGES - 1),
            stride=2**_N_STAGES,
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


def _convolutions(filters: int, blocks_per_stage: int) -> nn.Sequential:
    layers: list[nn.Module] = [normalised_convolution(1, filters, stride=2)]
    channels = filters
    for stage in range(_N_STAGES):
        for block in range(blocks_per_stage):
            halves = stage > 0 and block == 0
            width = filters * 2**stage
            layers.append(ResidualBlock(channels, width, stride=2 if halves else 1))
            channels = width
    return nn.Sequential(*layers)
