"""Pipe organ: ranks of flue pipes stacked on one key (Fletcher & Rossing, ch. 17)."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import DriveNoise, SustainedTone
from instrument_net.synthesis.vibrato import Vibrato

# 8', 4', 2 2/3', 2', 1 1/3' and 1': the harmonics on which a principal chorus puts its ranks.
RANK_HARMONICS = (1, 2, 3, 4, 6, 8)


@dataclass(frozen=True)
class OrganSpectrum:
    """Each rank sounds its own harmonic series; only the swell box changes the dynamics.

    Args:
        rank_db: Level of each of ``RANK_HARMONICS``.
        fall_db: Fall per harmonic within a rank.
    """

    rank_db: tuple[float, ...]
    fall_db: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        power = np.zeros_like(harmonic)
        for rank, level_db in zip(RANK_HARMONICS, self.rank_db, strict=True):
            number = harmonic / rank
            gain_db = level_db - self.fall_db * (number - 1)
            power += np.where(number % 1 == 0, 10 ** (gain_db / 10), 0.0)
        # A closed swell box muffles high frequencies.
        muffle_hz = 3000.0 * 4**loudness
        amplitude: FloatArray = np.sqrt(power) / np.sqrt(1 + (harmonic * f0_hz / muffle_hz) ** 2)
        return amplitude


def draw_pipe_organ(rng: np.random.Generator) -> SustainedTone:
    """Return one organ with its registration: perfectly steady, chiff at the onset."""
    rank_db = (0.0, *(uniform(rng, -5, 2) for _ in RANK_HARMONICS[1:]))
    return SustainedTone(
        spectra=(OrganSpectrum(rank_db, fall_db=uniform(rng, 11, 17)),),
        attack_s=log_uniform(rng, 0.02, 0.045),
        release_s=log_uniform(rng, 0.1, 0.2),
        vibrato=Vibrato(),
        noise=DriveNoise(uniform(rng, -50, -42), low_hz=800, high_hz=5000, chiff_db=18),
    )
