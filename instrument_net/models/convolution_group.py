"""One of the spectrogram branch's three groups, in the manner of VGG-16 (spec section 1.6.1)."""

import torch.nn.functional as F
from torch import Tensor, nn

KERNEL_SIZE = 3
POOL_SIZE = 3


def size_after_group(size: int) -> int:
    """Return how many of `size` pixels of an axis a :class:`ConvolutionGroup` leaves, 0 or more.

    Each convolution without padding removes 2 pixels (spec eq. 11), the pooling keeps one in three.
    """
    return max(size - 2 * (KERNEL_SIZE - 1), 0) // POOL_SIZE


def size_before_group(size: int) -> int:
    """Return the smallest axis of which a :class:`ConvolutionGroup` leaves `size` pixels."""
    return POOL_SIZE * size + 2 * (KERNEL_SIZE - 1)


def centre_before_group(position: float) -> float:
    """Return the input pixel on which the receptive field of an output pixel is centred."""
    return POOL_SIZE * position + (POOL_SIZE - 1) / 2 + (KERNEL_SIZE - 1)


class ConvolutionGroup(nn.Module):
    """[3x3 convolution, ReLU] twice, then 3x3 max-pooling with stride 3; no padding.

    Maps ``(batch, in_channels, height, width)`` to ``(batch, filters, height', width')`` with
    ``height' = size_after_group(height)``. The input's memory format is kept.

    Args:
        in_channels: Channels of the input.
        filters: Filters of each of the two convolutions.

    References:
        Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
        Recognition", ICLR 2015.
    """

    def __init__(self, in_channels: int, filters: int) -> None:
        super().__init__()
        self.convolution_1 = nn.Conv2d(in_channels, filters, KERNEL_SIZE)
        self.convolution_2 = nn.Conv2d(filters, filters, KERNEL_SIZE)

    def forward(self, activations: Tensor) -> Tensor:
        """Return the group's feature maps, ``(batch, filters, height', width')``, all >= 0."""
        # In place: back-propagation needs the ReLU's output, never a convolution's.
        activations = F.relu_(self.convolution_1(activations))
        activations = F.max_pool2d(self.convolution_2(activations), POOL_SIZE, POOL_SIZE)
        # max(0, max(z)) = max(max(0, z)), gradients too: after the pooling, the ReLU has nine times
        # fewer values to read and write. (Not in place: oneDNN's pooling needs its own output.)
        return F.relu(activations)
