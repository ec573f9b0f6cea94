"""Noise of breath, bow, hammer and room: Gaussian noise with a given spectrum."""

from collections.abc import Callable

import numpy as np
import scipy.fft

from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform

# The spectrum is evaluated on a coarse grid and interpolated: it is smooth, and the FFT has about
# 100,000 bins.
_GRID_HZ = np.concatenate([[0.0], np.geomspace(20.0, SAMPLE_RATE_HZ / 2, 96)])


def shaped_noise(
    num_samples: int, magnitude: Callable[[FloatArray], FloatArray], rng: np.random.Generator
) -> Waveform:
    """Return Gaussian noise whose spectrum follows ``magnitude``, scaled to RMS 1.

    Args:
        num_samples: Length of the result at 44,100 Hz.
        magnitude: Relative amplitude at frequencies in hertz, >= 0.
        rng: Source of the noise.

    Returns:
        float32 noise ``(num_samples,)`` of RMS 1; zeros if the magnitude is zero everywhere.
    """
    n_fft = scipy.fft.next_fast_len(num_samples, real=True)
    n_bins = n_fft // 2 + 1
    bin_hz = np.arange(n_bins) * (SAMPLE_RATE_HZ / n_fft)
    shape = np.interp(bin_hz, _GRID_HZ, magnitude(_GRID_HZ)).astype(np.float32)
    white = rng.standard_normal(2 * n_bins, dtype=np.float32).view(np.complex64)
    noise: Waveform = scipy.fft.irfft(white * shape, n=n_fft)[:num_samples]
    rms = np.sqrt(np.mean(np.square(noise)))
    return noise / rms if rms > 0 else noise


def band(low_hz: float, high_hz: float, *, order: int = 2) -> Callable[[FloatArray], FloatArray]:
    """Return the Butterworth magnitude of a band from ``low_hz`` to ``high_hz``, 1 inside."""

    def magnitude(frequency_hz: FloatArray) -> FloatArray:
        f = np.maximum(frequency_hz, 1e-3)
        below = 1 + (low_hz / f) ** (2 * order)
        above = 1 + (f / high_hz) ** (2 * order)
        response: FloatArray = 1 / np.sqrt(below * above)
        return response

    return magnitude


def contact_burst(
    low_hz: float, high_hz: float, decay_s: float, rng: np.random.Generator
) -> Waveform:
    """Return the knock of a hammer, mallet or finger: band noise falling 60 dB in ``decay_s``."""
    num_samples = max(int(decay_s * SAMPLE_RATE_HZ), 64)
    fall = 1e-3 ** np.linspace(0.0, 1.0, num_samples)
    return shaped_noise(num_samples, band(low_hz, high_hz), rng) * fall.astype(np.float32)
