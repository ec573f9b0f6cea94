"""What a recording's spectrum looks like, as few numbers: to find those that may be the same.

The mean of the logarithmic spectra of all frames. Level, sampling rate, channels and codec leave it
nearly as it is, and so does a cut, since every frame counts the same. Other notes have another one;
other takes of a note may not: :mod:`instrument_net.data.same_recording` tells these apart.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

N_VALUES = 400
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 3_600.0  # below what any usual codec and rate leaves as it is
_FRAME_S = 0.186
_FLOOR = 1e-6  # of the loudest value of all frames: 60 dB below


def fingerprint(samples: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the fingerprint of a recording, float32 ``(400,)`` of mean 0 and length 1.

    The scalar product of two fingerprints is their similarity, from -1 to 1.

    Args:
        samples: ``(n,)``, of any scale and type; not silent.
        sample_rate_hz: At least 8,000.

    >>> time_s = np.arange(8_000) / 8_000
    >>> low, high = (np.sin(2 * np.pi * hz * time_s) for hz in (440, 880))
    >>> round(float(fingerprint(low, 8_000) @ fingerprint(0.1 * low[800:], 8_000)), 2)
    1.0
    >>> float(fingerprint(low, 8_000) @ fingerprint(high, 8_000)) < 0.5
    True
    """
    length = scipy.fft.next_fast_len(round(_FRAME_S * sample_rate_hz), real=True)
    padded = np.pad(samples.astype(np.float32), (0, max(0, length - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[:: length // 2]
    window = np.hanning(length).astype(np.float32)
    power = np.square(np.abs(scipy.fft.rfft(frames * window, axis=1)))
    level = np.log(power + _FLOOR * power.max() + np.finfo(np.float32).tiny).mean(axis=0)
    hz = np.arange(len(level)) * sample_rate_hz / length
    values = np.interp(np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, N_VALUES), hz, level)
    values -= values.mean()
    unit: np.ndarray = (values / max(float(np.linalg.norm(values)), 1e-12)).astype(np.float32)
    return unit
