"""Amplitude over time: of a driven (blown, bowed, sung) note, and of a damped vibration."""

import numpy as np

from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform


def driven_envelope(
    time_s: FloatArray,
    *,
    attack_s: float,
    duration_s: float,
    release_s: float,
    accent: float = 0.0,
    accent_s: float = 0.12,
) -> FloatArray:
    """Return a raised-cosine attack, a plateau and an exponential release.

    Args:
        time_s: Times in seconds since the onset, ``(n,)``.
        attack_s: Seconds from silence to the plateau.
        duration_s: Seconds from the onset to the release.
        release_s: Seconds of the release until -60 dB.
        accent: Excess of an accented beginning over the plateau: 0 = none, 1 = twice as high.
        accent_s: Time constant in seconds with which the accent settles.

    Returns:
        Amplitude ``(n,)``, 0 at the onset and at most 1.
    """
    # A staccato note shorter than its attack would never reach its level.
    attack_s = min(attack_s, 0.6 * duration_s)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(time_s / attack_s, 0.0, 1.0))
    settled = 1 + accent * np.exp(-np.maximum(time_s - attack_s, 0.0) / accent_s)
    fall = 1e-3 ** (np.maximum(time_s - duration_s, 0.0) / release_s)
    envelope: FloatArray = rise * settled * fall / (1 + accent)
    return envelope


def damped(waveform: Waveform, duration_s: float, release_s: float) -> Waveform:
    """Return a free vibration that a damper or a hand stops.

    Args:
        waveform: Of the undamped vibration, changed in place, ``(samples,)``.
        duration_s: Seconds from the onset to the moment of damping.
        release_s: Seconds in which it then falls by 60 dB.
    """
    first = min(int(duration_s * SAMPLE_RATE_HZ), waveform.size)
    time_s = np.arange(first, waveform.size) / SAMPLE_RATE_HZ
    fall = 1e-3 ** (np.maximum(time_s - duration_s, 0.0) / release_s)
    waveform[first:] *= fall.astype(np.float32)
    return waveform
