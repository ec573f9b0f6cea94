"""What plucked and struck strings share: stiff partials, a knock at the onset, a damper.

Fletcher & Rossing, ch. 2 (stiff strings); Fletcher, J. Acoust. Soc. Am. 36, 1964:
``f_h = h f0 sqrt(1 + B h^2)``.
"""

import numpy as np

from instrument_net.synthesis.envelopes import damping
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform

_HIGHEST_PARTIAL_HZ = 12_000.0


def stiff_string_hz(f0_hz: float, inharmonicity: float, most_partials: int) -> FloatArray:
    """Return the partials of a stiff string in hertz, up to 12 kHz.

    Args:
        f0_hz: Frequency of partial 1, which the tuner tunes, in hertz.
        inharmonicity: B in ``f_h = h f sqrt(1 + B h^2)``; 0 = harmonic.
        most_partials: None above this one.

    Returns:
        Frequencies in hertz, ``(partials,)``, rising.
    """
    h = np.arange(1, most_partials + 1, dtype=np.float64)
    frequency_hz = h * f0_hz * np.sqrt((1 + inharmonicity * h**2) / (1 + inharmonicity))
    return np.asarray(frequency_hz[frequency_hz < _HIGHEST_PARTIAL_HZ], dtype=np.float64)


def with_knock(waveform: Waveform, knock: Waveform) -> Waveform:
    """Add the noise of finger or hammer, scaled to the peak of the vibration."""
    n = min(waveform.size, knock.size)
    waveform[:n] += np.abs(waveform).max() * knock[:n]
    return waveform


def damped(waveform: Waveform, duration_s: float, release_s: float) -> Waveform:
    """Let the vibration die within ``release_s`` once the player has let go."""
    first = min(int(duration_s * SAMPLE_RATE_HZ), waveform.size)
    time_s = np.arange(first, waveform.size) / SAMPLE_RATE_HZ
    fall = damping(time_s, duration_s=duration_s, release_s=release_s)
    waveform[first:] *= fall.astype(np.float32)
    return waveform
