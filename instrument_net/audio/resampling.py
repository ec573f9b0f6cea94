"""Samples of one rate -> samples of another, by a windowed sinc."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import torch
from torchaudio.transforms import Resample

RESAMPLER_MARGIN_S = 0.02  # more than the resampling filter is long at any rate
# A resampling kernel has as many taps as numerator times denominator of the rate ratio. Ratios of
# real rates are small (147/160 for 48 kHz); a flipped bit in a header can ask for 20 GB.
_MAX_RATIO_TERM = 2_000


def resample(samples: np.ndarray, old_hz: int, new_hz: int) -> np.ndarray:
    """Return float32 samples at another rate, converted at a nearby simple ratio."""
    ratio = _simple_ratio(new_hz, old_hz)
    if ratio == 1:
        return samples
    resampler = _resampler(ratio.denominator, ratio.numerator)
    converted: np.ndarray = resampler(torch.from_numpy(samples)).numpy()
    return converted


def _simple_ratio(new_hz: int, old_hz: int) -> Fraction:
    ratio = Fraction(new_hz, old_hz)
    if ratio <= 1:
        return ratio.limit_denominator(_MAX_RATIO_TERM)
    return 1 / (1 / ratio).limit_denominator(_MAX_RATIO_TERM)


@lru_cache(maxsize=16)
def _resampler(old: int, new: int) -> Resample:
    # A long Kaiser window: stop band below -100 dB at about 95 % of the lower Nyquist frequency.
    return Resample(
        old,
        new,
        resampling_method="sinc_interp_kaiser",
        lowpass_filter_width=64,
        rolloff=0.9475937167399596,
        beta=14.769656459379492,
    )
