"""Band: a recording without treble."""

from __future__ import annotations

import torch
from torch import Tensor

from instrument_net.augmentation.low_pass import low_pass


def limit_band(clip: Tensor, *, limit_hz: float, sample_rate_hz: int) -> Tensor:
    """Return clips without the frequencies above a limit.

    The gain is 1 up to 0.9 times the limit, 1/2 at the limit and 0 from 1.1 times the limit on.

    Args:
        clip: ``(batch, samples)``.
        limit_hz: In hertz, > 0.
        sample_rate_hz: Of the clips.

    Returns:
        ``(batch, samples)``.
    """
    limits = torch.full((len(clip),), limit_hz, device=clip.device)
    return low_pass(clip, limits, sample_rate_hz=sample_rate_hz)


def has_above(sample_rate_hz: int, *, limit_hz: float) -> bool:
    """Return whether sounds of a sample rate have frequencies above a limit."""
    return limit_hz < sample_rate_hz / 2
