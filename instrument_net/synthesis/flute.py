"""Flute: an air jet on an open pipe, audible breath (Fletcher & Rossing, ch. 16)."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import DriveNoise, SustainedTone
from instrument_net.synthesis.vibrato import Vibrato


@dataclass(frozen=True)
class AirJetSpectrum:
    """Harmonics that fall by a fixed number of decibels each.

    Args:
        fall_db: Fall per harmonic at mezzo-forte.
        octave_db: Level added to harmonic 2, which depends on the jet's offset.
    """

    fall_db: float
    octave_db: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        fall_db = self.fall_db * (1.35 - 0.7 * loudness)
        gain_db = -fall_db * (harmonic - 1) + np.where(harmonic == 2, self.octave_db, 0.0)
        return np.asarray(10 ** (gain_db / 20), dtype=np.float64)


def draw_flute(rng: np.random.Generator) -> SustainedTone:
    """Return one flute: breath noise, vibrato of loudness rather than pitch, soft attack."""
    return SustainedTone(
        spectra=(AirJetSpectrum(uniform(rng, 9, 13), uniform(rng, -2, 6)),),
        attack_s=log_uniform(rng, 0.06, 0.14),
        release_s=log_uniform(rng, 0.1, 0.25),
        vibrato=Vibrato(
            rate_hz=uniform(rng, 4.5, 6.0),
            depth_cents=uniform(rng, 6, 15),
            wander_cents=uniform(rng, 1, 4),
        ),
        noise=DriveNoise(uniform(rng, -31, -23), low_hz=500, high_hz=5000, chiff_db=8),
        tremolo_db=uniform(rng, 1.5, 3.5),
    )
