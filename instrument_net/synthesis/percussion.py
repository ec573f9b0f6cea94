"""Struck bells and membranes, whose modes are not harmonic.

Fletcher & Rossing, ch. 3 (membranes: zeros of Bessel functions), 21 (bells).
"""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.modal import decaying_modes, gliding_modes
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Note, Waveform
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.stroke import struck

# Hum, prime, tierce, quint, nominal, then the upper partials of a minor-third church bell.
BELL_RATIOS = np.array([0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 2.66, 3.0, 4.0, 5.33, 6.7])
_BELL_AMPLITUDES = np.array([0.5, 0.6, 0.9, 0.3, 1.0, 0.4, 0.5, 0.5, 0.5, 0.35, 0.25])
# Zeros of J_m, (m, n) = 01 11 21 02 31 12 41 22 03 51 32 61, over the first one, 2.4048.
MEMBRANE_RATIOS = np.array(
    [1.0, 1.593, 2.136, 2.295, 2.653, 2.917, 3.155, 3.500, 3.598, 3.647, 4.059, 4.132]
)


@dataclass(frozen=True)
class Bell:
    """One cast bell with its clapper.

    Args:
        ratios: Partials over the prime, ``(partials,)``.
        split_hz: Distance of each partial's doublet, which beats (no bell is perfectly round).
        t60_s: Seconds for the hum note to fall by 60 dB.
        clapper_hz: Low-pass corner of the clapper at mezzo-forte.
    """

    ratios: FloatArray
    split_hz: FloatArray
    t60_s: float
    clapper_hz: float

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one stroke, float32 ``(samples,)``."""
        frequency_hz = self.ratios * note.f0_hz
        clapper_hz = self.clapper_hz * 2 ** (1.6 * (note.loudness - 0.5))
        amplitude = _BELL_AMPLITUDES / (1 + (frequency_hz / clapper_hz) ** 2)
        t60_s = self.t60_s * (0.5 / self.ratios) ** 0.8
        release_s = 0.2
        num_samples = int((note.duration_s + release_s) * SAMPLE_RATE_HZ)
        waveform = decaying_modes(
            np.concatenate([frequency_hz, frequency_hz + self.split_hz]),
            np.tile(t60_s, 2),
            np.concatenate([amplitude, 0.6 * amplitude]),
            num_samples,
            phase_rad=rng.uniform(0, 2 * np.pi, 2 * amplitude.size),
        )
        return struck(waveform, 1500, 8000, -20, note, release_s, rng)


@dataclass(frozen=True)
class Membrane:
    """One drum, a circular membrane whose pitch falls as it decays.

    Args:
        t60_s: Seconds for the lowest mode to fall by 60 dB.
        strike_hz: Low-pass corner of the stick at mezzo-forte.
        glide: Relative sharpness at a mezzo-forte onset.
        glide_s: Time constant of the glide in seconds.
        stick_db: Level of the stick's noise.
    """

    t60_s: float
    strike_hz: float
    glide: float
    glide_s: float
    stick_db: float

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one stroke, float32 ``(samples,)``."""
        frequency_hz = MEMBRANE_RATIOS * note.f0_hz
        strike_hz = self.strike_hz * 2 ** (1.6 * (note.loudness - 0.5))
        place = rng.uniform(0.4, 1.0, MEMBRANE_RATIOS.size)  # every stroke hits another place
        amplitude = place / (1 + (frequency_hz / strike_hz) ** 2)
        t60_s = self.t60_s * MEMBRANE_RATIOS**-0.7
        release_s = 0.1
        num_samples = int((note.duration_s + release_s) * SAMPLE_RATE_HZ)
        waveform = gliding_modes(
            frequency_hz,
            t60_s,
            amplitude,
            num_samples,
            glide=self.glide * 2 * note.loudness,
            glide_s=self.glide_s,
        )
        return struck(waveform, 200, 5000, self.stick_db, note, release_s, rng)


def draw_bell(rng: np.random.Generator) -> Bell:
    """Return one bell; its partials deviate from their nominal ratios by up to 1.5 %."""
    return Bell(
        ratios=BELL_RATIOS * rng.uniform(0.985, 1.015, BELL_RATIOS.size),
        split_hz=rng.uniform(0.3, 2.5, BELL_RATIOS.size),
        t60_s=log_uniform(rng, 7.0, 14.0),
        clapper_hz=log_uniform(rng, 2500, 5000),
    )


def draw_membrane(rng: np.random.Generator) -> Membrane:
    """Return one tom-like drum."""
    return Membrane(
        t60_s=log_uniform(rng, 0.4, 0.9),
        strike_hz=log_uniform(rng, 300, 800),
        glide=uniform(rng, 0.03, 0.1),
        glide_s=log_uniform(rng, 0.04, 0.1),
        stick_db=uniform(rng, -16, -6),
    )
