"""Whether two clips are the same recording: by their waveforms, once they are aligned.

Two takes of a note share its partials, but not the phase of each, its fluctuations and the noise
between them. So both waveforms are shifted against each other to where they agree best, their
spectra are made flat, so that everything above the noise of a codec counts the same, and what is
left is correlated. A copy at another level, rate or codec, with a cut start or end, or a little
equalised, gives nearly 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import scipy.fft
from scipy.ndimage import uniform_filter1d

SAME = 0.9  # a score from which on two clips are called the same recording
_RATE_HZ = 8_000
_LONGEST_S = 3.0
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 3_600.0
_SMOOTHED_HZ = 300.0  # a spectrum is made flat over this width: several partials
_FLOOR = 1e-3  # of its largest value, amplitude: what is softer is left soft
_LEAST_OVERLAP = 0.7  # of the shorter clip
_PROMISING = 0.35  # correlation before the spectra of the common part are made flat
_N_SHIFTS = 3  # periodic sounds agree at several
_N_STEPS = 3  # from each
_LEAST_PEAK = 0.4  # of the correlation at any shift; below, no shift nearby is the right one
_FADE = 160  # samples at both ends of a stretch
_FRACTIONS = np.linspace(-1, 1, 9)  # of a sample


@dataclass(frozen=True)
class Alignable:
    """A recording as :func:`similarity` needs it.

    Attributes:
        samples: float32 ``(n,)`` at 8 kHz, at most its first 3 s, between 60 and 3,600 Hz.
        spectrum: Of the samples, partly flattened and zero-padded for shifts by up to all of them.
        energy: Cumulative, of the partly flattened samples.
    """

    samples: np.ndarray
    spectrum: np.ndarray
    energy: np.ndarray


def alignable(samples: np.ndarray, sample_rate_hz: int) -> Alignable:
    """Return a recording in the form in which two can be compared.

    Args:
        samples: ``(n,)`` of any scale and type.
        sample_rate_hz: At least 8,000.
    """
    band = _band(samples[: round(_LONGEST_S * sample_rate_hz)], sample_rate_hz)
    spectrum = scipy.fft.rfft(band)
    partly_flat = scipy.fft.irfft(_flat(spectrum, len(band), power=0.75), len(band))
    padded = scipy.fft.rfft(partly_flat, _padded_length())
    energy = np.cumsum(np.square(partly_flat), dtype=np.float64)
    return Alignable(band, padded, np.concatenate([[0.0], energy]))


def similarity(one: Alignable, other: Alignable) -> float:
    """Return how far two recordings are the same, from 0 to 1; 0 where a glance tells they are not.

    :data:`SAME` or more: the same recording.

    >>> noise = np.random.default_rng(0).standard_normal((2, 8_000))
    >>> cut = alignable(0.1 * noise[0, 800:], 8_000)
    >>> similarity(alignable(noise[0], 8_000), cut) > SAME
    True
    >>> similarity(alignable(noise[1], 8_000), cut)
    0.0
    """
    best = 0.0
    for shift in _shifts(one, other):
        best = max(best, _agreement_near(shift, one.samples, other.samples))
        if best >= SAME:
            break
    return best


def _shifts(one: Alignable, other: Alignable) -> list[int]:
    """Return by how many samples ``other`` may begin later than ``one``, the best first."""
    n, m = len(one.samples), len(other.samples)
    least = round(_LEAST_OVERLAP * min(n, m))
    shifts = np.arange(least - m, n - least + 1)
    product = scipy.fft.irfft(one.spectrum * np.conj(other.spectrum), _padded_length())
    starts, ends = np.maximum(shifts, 0), np.minimum(n, m + shifts)
    energy = (one.energy[ends] - one.energy[starts]) * (
        other.energy[ends - shifts] - other.energy[starts - shifts]
    )
    correlation = np.abs(product[shifts]) / np.sqrt(np.maximum(energy, 1e-20))
    inner = correlation[1:-1]
    is_peak = (inner >= correlation[:-2]) & (inner >= correlation[2:]) & (inner >= _PROMISING)
    peaks = np.flatnonzero(is_peak) + 1
    best = peaks[np.argsort(-correlation[peaks])[:_N_SHIFTS]]
    return [int(shift) for shift in shifts[best]]


def _agreement_near(shift: int, one: np.ndarray, other: np.ndarray) -> float:
    """Return the best correlation that is found from one shift on, going where it is larger.

    Of a periodic sound the first shift may be a few periods off. Flat spectra show by how many.
    """
    best = 0.0
    for _ in range(_N_STEPS):
        first, second = one[max(shift, 0) :], other[max(-shift, 0) :]
        length = min(len(first), len(second))
        if length < _LEAST_OVERLAP * min(len(one), len(other)):
            break
        score, step = _agreement(first[:length], second[:length])
        best = max(best, score)
        if abs(step) <= 1:
            break
        shift += step
    return best


def _agreement(first: np.ndarray, second: np.ndarray) -> tuple[float, int]:
    """Return how far two stretches of equal length agree once their spectra are flat.

    Returns:
        Their correlation, and by how many samples the first would have to begin later for the best
        one. The correlation is 0 where that is more than one sample, or where they agree at no
        shift.
    """
    length = len(first)
    window = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / _FADE)
    window = window.astype(np.float32)
    band = slice(round(_LOWEST_HZ * length / _RATE_HZ), round(_HIGHEST_HZ * length / _RATE_HZ))
    one, other = (
        _flat(scipy.fft.rfft(part * window), length, power=1.0) for part in (first, second)
    )
    cross = np.zeros_like(one)
    cross[band] = one[band] * np.conj(other[band])
    energy = np.square(np.abs(one[band])).sum() * np.square(np.abs(other[band])).sum()
    norm = np.sqrt(max(float(energy), 1e-20))
    heights = np.abs(scipy.fft.irfft(cross, length)) * (length / 2)
    step = int(heights.argmax())
    if heights[step] < _LEAST_PEAK * norm:
        return 0.0, 0
    step = step if step <= length // 2 else step - length
    if abs(step) > 1:
        return 0.0, step
    turns = np.exp(2j * np.pi / length * np.outer(_FRACTIONS, np.arange(band.start, band.stop)))
    return float(np.abs((turns @ cross[band]).real).max(initial=0) / norm), step


def _flat(spectrum: np.ndarray, length: int, *, power: float) -> np.ndarray:
    """Return a spectrum divided by a power of its smoothed amplitude."""
    width = max(3, round(_SMOOTHED_HZ * length / _RATE_HZ))
    smoothed = uniform_filter1d(np.square(np.abs(spectrum)), width, mode="nearest")
    amplitude = np.sqrt(np.maximum(smoothed, 0))
    flat: np.ndarray = spectrum / (amplitude + _FLOOR * amplitude.max() + 1e-20) ** power
    return flat


def _band(samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the samples at 8 kHz without what lies outside the band."""
    # A length that is whole at both rates: otherwise two cuts of a recording would drift apart.
    ratio = Fraction(_RATE_HZ, sample_rate_hz)
    n = 2 * scipy.fft.next_fast_len(math.ceil(len(samples) / (2 * ratio.denominator)), real=True)
    spectrum = scipy.fft.rfft(samples.astype(np.float32), n * ratio.denominator)
    hz = np.arange(len(spectrum)) * sample_rate_hz / (n * ratio.denominator)
    spectrum[(hz < _LOWEST_HZ) | (hz > _HIGHEST_HZ)] = 0
    kept = np.zeros(n * ratio.numerator // 2 + 1, dtype=spectrum.dtype)
    common = min(len(kept), len(spectrum))
    kept[:common] = spectrum[:common]
    band: np.ndarray = scipy.fft.irfft(kept, n * ratio.numerator)
    band = band[: len(samples) * _RATE_HZ // sample_rate_hz]
    return band / max(float(np.abs(band).max(initial=0)), 1e-20)


def _padded_length() -> int:
    return int(scipy.fft.next_fast_len(2 * round(_LONGEST_S * _RATE_HZ) + 8, real=True))
