"""What plucked and struck strings share: the partials of a stiff string, a knock at the onset.

Fletcher & Rossing, ch. 2 (stiff strings); Fletcher, J. Acoust. Soc. Am. 36, 1964:
``f_h = h f0 sqrt(1 + B h^2)``.
"""

import numpy as np

from instrument_net.synthesis.note import FloatArray, Waveform

FEW_PARTIALS = 48
"""In the table ``kinds``; low strings then miss their highest partials."""
AUDIBLE_PARTIALS = 300
"""As many as any string has up to 12 kHz, or loud enough to be audible."""
_HIGHEST_PARTIAL_HZ = 12_000.0


def stiff_string_hz(f0_hz: float, inharmonicity: float, most_partials: int) -> FloatArray:
    """Return the partials of a stiff string in hertz, up to 12 kHz.

    Args:
        f0_hz: Frequency of partial 1, which the tuner tunes, in hertz.
        inharmonicity: B in ``f_h = h f sqrt(1 + B h^2)``; 0 = harmonic.
        most_partials: Largest number of partials.

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
