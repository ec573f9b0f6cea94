"""Brass: louder notes are brighter (Risset & Mathews 1969; Fletcher & Rossing, ch. 14)."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import DriveNoise, SustainedTone
from instrument_net.synthesis.vibrato import Vibrato


@dataclass(frozen=True)
class BrassSpectrum:
    """A bell that radiates high frequencies better, and a cut-off that rises with the pressure.

    Args:
        soft_cutoff_hz: Cut-off at pianissimo.
        octaves_louder: Octaves by which the cut-off rises from pianissimo to fortissimo.
        bell_hz: Frequency below which the bell radiates less.
        slope: Exponent of the fall above the cut-off.
    """

    soft_cutoff_hz: float
    octaves_louder: float
    bell_hz: float
    slope: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        frequency_hz = harmonic * f0_hz
        cutoff_hz = self.soft_cutoff_hz * 2 ** (self.octaves_louder * loudness)
        bell = 1 / np.sqrt(1 + (self.bell_hz / frequency_hz) ** 2)
        amplitude: FloatArray = bell / np.sqrt(1 + (frequency_hz / cutoff_hz) ** (2 * self.slope))
        return amplitude


def draw_brass(rng: np.random.Generator, *, size: float = 1.0) -> SustainedTone:
    """Return one brass instrument: it grows brighter in the attack, and the pitch scoops in.

    Args:
        rng: Draws the individual.
        size: Width of the bell relative to one between trumpet and trombone; both cut-offs are
            lower by this factor.
    """
    spectrum = BrassSpectrum(
        soft_cutoff_hz=log_uniform(rng, 650, 950) / size,
        octaves_louder=uniform(rng, 1.3, 1.9),
        bell_hz=log_uniform(rng, 350, 600) / size,
        slope=uniform(rng, 2.4, 3.2),
    )
    return SustainedTone(
        spectra=(spectrum,),
        attack_s=log_uniform(rng, 0.05, 0.11),
        release_s=log_uniform(rng, 0.1, 0.2),
        vibrato=Vibrato(
            rate_hz=uniform(rng, 4.5, 5.5),
            depth_cents=uniform(rng, 1, 6),
            wander_cents=uniform(rng, 1, 4),
            scoop_cents=uniform(rng, 15, 60),
        ),
        noise=DriveNoise(uniform(rng, -38, -30), low_hz=600, high_hz=5000, chiff_db=6),
    )
