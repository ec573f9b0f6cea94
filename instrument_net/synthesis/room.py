"""The room in which an individual is recorded: direct sound, early reflections, a noise tail.

Kuttruff, Room Acoustics, ch. 4: late reverberation is exponentially decaying Gaussian noise.
"""

import numpy as np

from instrument_net.synthesis.modal import LN_1000
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, Waveform
from instrument_net.synthesis.ranges import uniform

_N_EARLY_REFLECTIONS = 6


def room_impulse_response(t60_s: float, wet_db: float, rng: np.random.Generator) -> Waveform:
    """Return the impulse response of a room.

    Args:
        t60_s: Reverberation time in seconds, > 0; the tail is cut after -30 dB, where the
            background noise hides it.
        wet_db: Energy of all reflections relative to the direct sound, in dB.
        rng: Draws the reflections.

    Returns:
        float32 impulse response ``(samples,)`` at 44,100 Hz whose first sample, the direct sound,
        is 1.
    """
    num_samples = int((0.02 + 0.5 * t60_s) * SAMPLE_RATE_HZ)
    time_s = np.arange(num_samples) / SAMPLE_RATE_HZ
    response = rng.standard_normal(num_samples) * np.exp(-LN_1000 * time_s / t60_s)
    response[time_s < 0.012] = 0.0
    response *= np.sqrt(0.5 / np.sum(response**2))
    for _ in range(_N_EARLY_REFLECTIONS):
        delay = int(uniform(rng, 0.002, 0.02) * SAMPLE_RATE_HZ)
        response[delay] += rng.choice([-1.0, 1.0]) * np.sqrt(0.5 / _N_EARLY_REFLECTIONS)
    response *= 10 ** (wet_db / 20)
    response[0] = 1.0
    return response.astype(np.float32)
