"""Level: a recording made much too low, in 16 bits."""

from __future__ import annotations

from torch import Tensor

_FULL_SCALE = 32_767


def record_low(clip: Tensor, *, peak_db: float, sample_rate_hz: int) -> Tensor:
    """Return a clip at a low level, rounded to 16 bits: what is softer than a step is lost.

    Args:
        clip: ``(1, samples)``, at any level but silent.
        peak_db: Level of its peak in the result, in decibel below full scale, < 0.
        sample_rate_hz: Of the clip; of no effect.

    Returns:
        ``(1, samples)``; full scale is 1.
    """
    del sample_rate_hz
    steps = _FULL_SCALE * 10 ** (peak_db / 20)
    return (clip / clip.abs().max() * steps).round() / _FULL_SCALE
