"""Power -> the image that the network sees, in [0, 1] whatever the gain."""

from __future__ import annotations

import torch
from torch import Tensor


def relative_power(power: Tensor) -> Tensor:
    """Return every clip's power over its own maximum.

    Args:
        power: ``(batch, frequency, frame)``, >= 0.

    Returns:
        The same shape, in [0, 1]. A silent clip gives zeros.
    """
    peak = power.amax(dim=(-2, -1), keepdim=True)
    # The inner where keeps 0/0 out of the gradient as well as out of the value.
    return torch.where(peak > 0, power / torch.where(peak > 0, peak, 1.0), 0.0)


def relative_level(power: Tensor, *, top_db: float) -> Tensor:
    """Return level below the clip's maximum, ``top_db`` of it stretched over [0, 1].

    ``clip((10 log10(P / max P) + top_db) / top_db, 0, 1)``, the maximum taken per clip.

    Args:
        power: ``(batch, frequency, frame)``, >= 0.
        top_db: Range shown, in decibel; what lies further down is 0.

    Returns:
        The same shape, in [0, 1]. A silent clip gives zeros.
    """
    floor = 10 ** (-top_db / 10)
    level_db = 10 * torch.log10(relative_power(power).clamp_min(floor))
    return ((level_db + top_db) / top_db).clamp(0, 1)
