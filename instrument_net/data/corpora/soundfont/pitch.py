"""The pitch that a sample has, to compare with the one that its bank states.

Method: the normalised square difference function of McLeod and Wyvill ("A smarter way to find
pitch", ICMC 2005), with its first peak that is nearly as high as the highest one.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import fft

_LOWEST_HZ, _HIGHEST_HZ = 25.0, 4_500.0
_WINDOW_S = 0.2
_PLACES = (0.15, 0.35, 0.55)  # of the sample: where its windows begin
_NEARLY = 0.9  # share of the highest peak
_CLEAR = 0.9  # height of a peak from which on a sound is called periodic
_AGREEING = 0.5  # semitones between windows


def estimated_pitch(samples: np.ndarray, rate_hz: int) -> float | None:
    """Return the pitch of a note as a MIDI note number; ``None`` where it is not clear.

    Args:
        samples: ``(frames,)``.
        rate_hz: Of the samples.
    """
    n = min(len(samples), round(_WINDOW_S * rate_hz))
    starts = [min(round(place * len(samples)), len(samples) - n) for place in _PLACES]
    pitches = [_pitch(samples[start : start + n], rate_hz) for start in starts]
    clear = [pitch for pitch in pitches if pitch is not None]
    if len(clear) < 2:
        return None
    middle = float(np.median(clear))
    agreeing = sum(abs(pitch - middle) < _AGREEING for pitch in clear)
    return middle if agreeing >= 2 else None


def _pitch(window: np.ndarray, rate_hz: int) -> float | None:
    window = window - window.mean()
    n = len(window)
    longest = min(math.ceil(rate_hz / _LOWEST_HZ), n // 2)
    shortest = max(2, math.floor(rate_hz / _HIGHEST_HZ))
    if longest <= shortest + 2:
        return None
    spectrum = fft.rfft(window, fft.next_fast_len(2 * n, real=True))
    products = fft.irfft(np.abs(spectrum) ** 2)[: longest + 1]
    energy = np.concatenate([[0.0], np.cumsum(window**2)])
    lags = np.arange(longest + 1)
    energies = energy[n - lags] + energy[n] - energy[lags]
    if energies.min() <= 0:
        return None
    similarity = 2 * products / energies
    lag = _first_peak(similarity, shortest)
    return None if lag is None else 69 + 12 * math.log2(rate_hz / lag / 440)


def _first_peak(similarity: np.ndarray, shortest: int) -> float | None:
    """Return the lag of the first high peak behind the one at 0, between samples."""
    negative = np.flatnonzero(similarity < 0)
    if not len(negative):
        return None
    inner = similarity[1:-1]
    is_peak = (inner > similarity[:-2]) & (inner >= similarity[2:])
    peaks = np.flatnonzero(is_peak) + 1
    peaks = peaks[(peaks >= shortest) & (peaks > negative[0])]
    if not len(peaks) or similarity[peaks].max() < _CLEAR:
        return None
    lag = int(peaks[similarity[peaks] >= _NEARLY * similarity[peaks].max()][0])
    before, at, behind = similarity[lag - 1 : lag + 2]
    return float(lag + 0.5 * (before - behind) / (before - 2 * at + behind))
