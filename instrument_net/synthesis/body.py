"""The body of an instrument: a filter with resonances of its own, the same for every note.

Fletcher & Rossing, ch. 9 (guitar), 10 (violin), 12 (piano): the body's resonances colour each note.
"""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Waveform
from instrument_net.synthesis.ranges import log_uniform, uniform

_N_FFT = 2048
_N_TAPS = 1024


@dataclass(frozen=True)
class BodyHabit:
    """The properties that the bodies of one class share.

    Args:
        n_resonances: Number of resonances.
        lowest_hz: Lower end of the region in which resonances lie.
        highest_hz: Upper end of that region.
        gain_db: Largest height of a resonance (and depth of a dip) in dB.
        tilt_db_per_octave: Largest slope of the whole response, up or down.
        narrowest_octaves: Width of the narrowest resonance.
        radiates_from_hz: Below this frequency, plus or minus half an octave, the body is too small
            to radiate: the response falls by 12 dB per octave. 0: it radiates everything.
    """

    n_resonances: int
    lowest_hz: float
    highest_hz: float
    gain_db: float
    tilt_db_per_octave: float = 1.0
    narrowest_octaves: float = 0.08
    radiates_from_hz: float = 0.0


def body_impulse_response(habit: BodyHabit, rng: np.random.Generator) -> Waveform:
    """Return the impulse response of one individual's body.

    Args:
        habit: The class's resonance region and strength.
        rng: Draws the resonances of this individual.

    Returns:
        float32 minimum-phase impulse response ``(1024,)`` at 44,100 Hz, of unit energy.
    """
    bin_hz = np.arange(_N_FFT // 2 + 1) * (SAMPLE_RATE_HZ / _N_FFT)
    octaves = np.log2(np.maximum(bin_hz, 30.0) / 1000.0)
    slope = uniform(rng, -habit.tilt_db_per_octave, habit.tilt_db_per_octave)
    gain_db = slope * np.clip(octaves, -3.5, 3.5)
    for _ in range(habit.n_resonances):
        centre = np.log2(log_uniform(rng, habit.lowest_hz, habit.highest_hz) / 1000.0)
        width = log_uniform(rng, habit.narrowest_octaves, 0.4)  # octaves
        height = uniform(rng, -0.7, 1.0) * habit.gain_db
        gain_db += height * np.exp(-0.5 * ((octaves - centre) / width) ** 2)
    if habit.radiates_from_hz > 0:
        corner_hz = habit.radiates_from_hz * log_uniform(rng, 0.7, 1.4)
        gain_db -= 10 * np.log10(1 + (corner_hz / np.maximum(bin_hz, 20.0)) ** 4)
    response = _minimum_phase(gain_db * (np.log(10) / 20))
    unit_energy: Waveform = (response / np.linalg.norm(response)).astype(np.float32)
    return unit_energy


def _minimum_phase(log_magnitude: FloatArray) -> FloatArray:
    """Return the causal response with this log magnitude (Oppenheim & Schafer, cepstral method)."""
    cepstrum = np.fft.irfft(log_magnitude, n=_N_FFT)
    cepstrum[1 : _N_FFT // 2] *= 2
    cepstrum[_N_FFT // 2 + 1 :] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), n=_N_FFT)[:_N_TAPS]
    response[_N_TAPS // 2 :] *= np.linspace(1.0, 0.0, _N_TAPS - _N_TAPS // 2)
    return response
