"""Moving the content of a spectrogram along one of its axes."""

from __future__ import annotations

import torch
from torch import Tensor


def moved(spectrogram: Tensor, steps: Tensor, *, dim: int) -> Tensor:
    """Return pictures whose content lies further along an axis, with silence behind it.

    Args:
        spectrogram: ``(batch, 1, bins, frames)``.
        steps: Bins or frames of each clip, whole numbers of either sign, ``(batch,)``.
        dim: The axis: 2, bins; 3, frames.

    Returns:
        The same shape; what leaves the picture is lost.
    """
    size = spectrogram.shape[dim]
    origin = torch.arange(size, device=steps.device) - steps[:, None]
    shape = [len(spectrogram), 1, 1, 1]
    shape[dim] = size
    inside = ((origin >= 0) & (origin < size)).view(shape)
    index = origin.clamp(0, size - 1).view(shape).expand_as(spectrogram)
    return spectrogram.gather(dim, index) * inside
