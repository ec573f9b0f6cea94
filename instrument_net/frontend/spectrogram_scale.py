"""Power -> the image that the network sees, in [0, 1] whatever the gain."""

from __future__ import annotations

import torch
from torch import Tensor

from instrument_net.frontend.ratio import ratio


def relative_power(power: Tensor) -> Tensor:
    """Return every clip's power over its own maximum.

    Args:
        power: ``(batch, frequency, frame)``, >= 0.

    Returns:
        The same shape, in [0, 1]. A silent clip gives zeros.
    """
    return ratio(power, power.amax(dim=(-2, -1), keepdim=True))


def relative_level(power: Tensor, *, top_db: float) -> Tensor:
    """Return level below the clip's maximum, ``top_db`` of it stretched over [0, 1].

    ``clip((10 log10(P / max P) + top_db) / top_db, 0, 1)``, the maximum taken per clip.

    Args:
        power: ``(batch, frequency, frame)``, >= 0.
        top_db: Range shown, in decibel; what lies further down is 0.

    Returns:
        The same shape, in [0, 1]. A silent clip gives zeros.
    """
    relative = relative_power(power)
    floor = 10 ** (-top_db / 10)
    level = 1 + (10 / top_db) * relative.clamp_min(floor).log10()
    # Compared, not clamped: rounding leaves the floor's own level a hair beside 0, and silence
    # has to be 0 exactly. Nothing exceeds 1, because no power exceeds the maximum.
    return torch.where(relative <= floor, 0.0, level)
