"""Convolution and batch normalisation, the building block of the newer networks."""

from torch import nn


def normalised_convolution(
    in_channels: int,
    out_channels: int,
    *,
    kernel_size: int = 3,
    stride: int = 1,
    groups: int = 1,
    relu: bool = True,
) -> nn.Sequential:
    """Return a convolution without bias, batch normalisation and, if wanted, ReLU.

    Zero padding keeps the size of the maps; only the stride reduces it.

    References:
        Ioffe and Szegedy, "Batch normalization", ICML 2015.
    """
    layers: list[nn.Module] = [
        nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            groups=groups,
            bias=False,
        ),
        nn.BatchNorm2d(out_channels),
    ]
    if relu:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)
