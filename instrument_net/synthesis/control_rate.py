"""Slow curves (envelopes, vibrato): computed every 64 samples and interpolated linearly."""

import numpy as np

from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform

CONTROL_PERIOD = 64
"""Samples between two control points: 1.45 ms, shorter than any attack used here."""

_RAMP = (np.arange(CONTROL_PERIOD) / CONTROL_PERIOD).astype(np.float32)


def control_times_s(num_samples: int) -> FloatArray:
    """Return the control points' times in seconds, ``(ceil(num_samples / 64) + 1,)``."""
    n_segments = -(-num_samples // CONTROL_PERIOD)
    return np.arange(n_segments + 1, dtype=np.float64) * (CONTROL_PERIOD / SAMPLE_RATE_HZ)


def to_audio_rate(control: FloatArray, num_samples: int) -> Waveform:
    """Interpolate linearly between control points.

    Args:
        control: One value per time of :func:`control_times_s`.
        num_samples: Length of the result.

    Returns:
        float32 curve ``(num_samples,)``.
    """
    start = control[:-1, None].astype(np.float32)
    step = np.diff(control)[:, None].astype(np.float32)
    curve: Waveform = (start + step * _RAMP).ravel()[:num_samples]
    return curve


def phase_cycles(frequency_hz: FloatArray, num_samples: int) -> Waveform:
    """Integrate a frequency curve into a phase.

    Args:
        frequency_hz: Instantaneous frequency at the control points in hertz.
        num_samples: Length of the result.

    Returns:
        float32 phase ``(num_samples,)`` in cycles, wrapped at each control point, so within
        [0, 1 + 64 f / 44100): the integer part has no meaning.
    """
    # Summed in float64: a float32 running phase drifts out of tune within a second.
    mean_hz = 0.5 * (frequency_hz[:-1] + frequency_hz[1:])
    advance = mean_hz * (CONTROL_PERIOD / SAMPLE_RATE_HZ)
    start = np.concatenate([[0.0], np.cumsum(advance)[:-1]]) % 1.0
    phase = start[:, None].astype(np.float32) + advance[:, None].astype(np.float32) * _RAMP
    cycles: Waveform = phase.ravel()[:num_samples]
    return cycles
