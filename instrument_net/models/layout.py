"""The memory format in which convolutions are fastest on a device."""

import torch
from torch import Tensor, nn

_CPU_CAPABILITY = torch.backends.cpu.get_cpu_capability()


def to_fastest_layout(spectrogram: Tensor, *, blocks: bool = True) -> Tensor:
    """Return the spectrogram in the layout that the layers after it run fastest in.

    All layouts compute the same function; shape and values stay. The layers pass the layout on;
    :class:`PlainLayout` converts what they return.

    Args:
        spectrogram: ``(batch, 1, frequency, frame)``, on any device, in any layout.
        blocks: Whether all those layers support oneDNN's blocked layout: convolution, ReLU and
            pooling do, normalisation does not.

    Returns:
        On a CPU with AVX2, a tensor in oneDNN's own blocked layout: PyTorch otherwise reorders
        every convolution's input and output, and pools without vector instructions (0.092 s
        against 0.123 s per clip and training step, 0.027 s against 0.045 s without gradients, on
        two cores of an AMD EPYC). On a GPU and with AVX-512, channels last. Elsewhere, and
        wherever a graph is recorded (which must run anywhere), contiguous.
    """
    device = spectrogram.device.type
    if device == "cuda" or (device == "cpu" and _CPU_CAPABILITY == "AVX512"):
        # The native layout of cuDNN's tensor cores; with AVX-512, oneDNN reorders nothing in it.
        # `to` and not `contiguous`: with a single channel both layouts count as contiguous, and
        # only `to` sets the strides by which the convolutions choose theirs.
        return spectrogram.to(memory_format=torch.channels_last)
    spectrogram = spectrogram.to(memory_format=torch.contiguous_format)
    return spectrogram.to_mkldnn() if blocks and _takes_blocks(spectrogram) else spectrogram


class PlainLayout(nn.Module):
    """Feature maps as an ordinary tensor, whatever layout the layers had.

    A module, so that hooks (such as Grad-CAM's) see the maps as an ordinary tensor.
    """

    def forward(self, feature_maps: Tensor) -> Tensor:
        """Return the same values, shape ``(batch, filters, height, width)``."""
        return feature_maps.to_dense() if feature_maps.is_mkldnn else feature_maps


def _takes_blocks(spectrogram: Tensor) -> bool:
    recording = torch.jit.is_tracing() or torch.compiler.is_compiling()  # type: ignore[attr-defined, no-untyped-call]
    return (
        not recording
        and spectrogram.device.type == "cpu"
        and spectrogram.dtype == torch.float32
        and _CPU_CAPABILITY == "AVX2"
        and torch.backends.mkldnn.is_available()
        and bool(torch.backends.mkldnn.enabled)
        and not torch.is_autocast_enabled("cpu")
    )
