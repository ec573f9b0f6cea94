"""By how many semitones each note of a recording lies above the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from instrument_net.audio import open_sound

_LONGEST_S = 3.0  # of a note, from its start
_LOWEST_HZ, _OCTAVES = 40.0, 7.5
_PER_SEMITONE = 6
_WIDEST = 3  # semitones up or down between two notes
# Compressed, so that a note is the pattern of its partials rather than its strongest one.
_EXPONENT = 0.25


def steps_in_semitones(path: str | Path, notes: Sequence[tuple[float, float]]) -> list[float]:
    """Return the step from each note to the next one.

    A step is how far the spectrum of a note, over the logarithm of frequency, has to be moved to
    look most like that of the next. No pitch is determined, so no octave can be mistaken.

    Args:
        path: The audio file.
        notes: Start and end of each note in seconds, in their order.

    Returns:
        One number fewer than there are notes: semitones in sixths, between -3 and 3.

    Raises:
        AudioError: If the file cannot be decoded.
    """
    return [_step(lower, upper) for lower, upper in pairwise(_spectra(path, notes))]


def _spectra(path: str | Path, notes: Sequence[tuple[float, float]]) -> list[np.ndarray]:
    edges_hz = _LOWEST_HZ * 2 ** (np.arange(12 * _PER_SEMITONE * _OCTAVES) / 12 / _PER_SEMITONE)
    spectra = []
    with open_sound(path) as sound:
        rate_hz = sound.file.samplerate
        n_fft = 2 ** (1 + int(np.ceil(np.log2(_LONGEST_S * rate_hz))))
        first_bins = np.minimum(np.ceil(edges_hz * n_fft / rate_hz).astype(int), n_fft // 2 + 1)
        for start_s, end_s in notes:
            n_samples = round(min(end_s - start_s, _LONGEST_S) * rate_hz)
            blocks = [*sound.blocks(round(start_s * rate_hz), n_samples)]
            samples = np.concatenate(blocks).mean(axis=1, dtype=np.float64)
            power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n_fft)) ** 2
            below = np.concatenate([[0.0], np.cumsum(power)])[first_bins]
            spectra.append(np.diff(below) ** _EXPONENT)
    return spectra


def _step(lower: np.ndarray, upper: np.ndarray) -> float:
    """Return by how many semitones the first spectrum is moved to be most like the second."""
    shifts = range(-_WIDEST * _PER_SEMITONE, _WIDEST * _PER_SEMITONE + 1)
    likeness = {shift: _correlation(lower, upper, shift) for shift in shifts}
    return max(likeness, key=lambda shift: likeness[shift]) / _PER_SEMITONE


def _correlation(lower: np.ndarray, upper: np.ndarray, shift: int) -> float:
    if shift < 0:
        return _correlation(upper, lower, -shift)
    moved, there = lower[: len(lower) - shift], upper[shift:]
    moved, there = moved - moved.mean(), there - there.mean()
    energy = float(np.sqrt((moved @ moved) * (there @ there)))
    return float(moved @ there) / energy if energy > 0 else 0.0
