"""Reeds on cylindrical and conical bores (Fletcher & Rossing, ch. 13, 15)."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import DriveNoise, SustainedTone
from instrument_net.synthesis.vibrato import Vibrato


@dataclass(frozen=True)
class CylindricalReedSpectrum:
    """Odd harmonics below the tone-hole cut-off, nearly all of them above it.

    Args:
        cutoff_hz: Cut-off of the open tone-hole lattice (near 1,500 Hz for a clarinet).
        even_db: Level of the even harmonics well below the cut-off.
        slope: Exponent of the fall above the cut-off.
    """

    cutoff_hz: float
    even_db: float
    slope: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        ratio = harmonic * f0_hz / self.cutoff_hz
        envelope = harmonic ** -(1.3 - 0.7 * loudness) / np.sqrt(1 + ratio ** (2 * self.slope))
        closed_pipe = 1 / (1 + ratio**4)
        even = 10 ** (self.even_db / 20 * (0.3 + 0.7 * closed_pipe))
        amplitude: FloatArray = envelope * np.where(harmonic % 2 == 0, even, 1.0)
        return amplitude


@dataclass(frozen=True)
class ConicalReedSpectrum:
    """All harmonics under two strong formants; the fundamental is weaker than its neighbours.

    Args:
        formant_hz: Centres of the two formants (near 1,100 and 3,000 Hz for an oboe).
        formant_db: Heights of the two over the floor.
    """

    formant_hz: tuple[float, float]
    formant_db: tuple[float, float]

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        octaves = np.log2(harmonic * f0_hz / 1000.0)
        gain_db = -3.0 * np.maximum(octaves, 0) ** 2 - (2.5 - 1.5 * loudness) * octaves
        widths = (0.35, 0.25)
        for centre, height, width in zip(self.formant_hz, self.formant_db, widths, strict=True):
            distance = (octaves - np.log2(centre / 1000.0)) / width
            gain_db = gain_db + height * np.exp(-0.5 * distance**2)
        return np.asarray(10 ** (gain_db / 20), dtype=np.float64)


@dataclass(frozen=True)
class WideConeSpectrum:
    """All harmonics alike up to the tone-hole cut-off, falling above it: a wide conical bore.

    Args:
        cutoff_hz: Cut-off of the tone holes at mezzo-forte (near 850 Hz for an alto saxophone).
        slope: Exponent of the fall above the cut-off.
        second_db: Level of harmonic 2 over the fundamental, which a cone radiates badly.
    """

    cutoff_hz: float
    slope: float
    second_db: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        cutoff_hz = self.cutoff_hz * 2 ** (1.4 * (loudness - 0.5))
        fall = 1 / np.sqrt(1 + (harmonic * f0_hz / cutoff_hz) ** (2 * self.slope))
        overtones = np.where(harmonic > 1, 10 ** (self.second_db / 20), 1.0)
        amplitude: FloatArray = fall * overtones * harmonic**-0.3
        return amplitude


def draw_single_reed(rng: np.random.Generator) -> SustainedTone:
    """Return one clarinet-like instrument: hollow, straight tone without vibrato."""
    spectrum = CylindricalReedSpectrum(
        cutoff_hz=log_uniform(rng, 1300, 1900),
        even_db=uniform(rng, -36, -22),
        slope=uniform(rng, 1.2, 1.9),
    )
    return SustainedTone(
        spectra=(spectrum,),
        attack_s=log_uniform(rng, 0.03, 0.06),
        release_s=log_uniform(rng, 0.08, 0.16),
        vibrato=Vibrato(wander_cents=uniform(rng, 1, 3)),
        noise=DriveNoise(uniform(rng, -38, -30), low_hz=1000, high_hz=6000, chiff_db=6),
    )


def draw_double_reed(rng: np.random.Generator, *, size: float = 1.0) -> SustainedTone:
    """Return one oboe-like instrument: nasal formants, light vibrato.

    Args:
        rng: Draws the individual.
        size: Factor by which its formants are lower than an oboe's (a bassoon: 2.3).
    """
    spectrum = ConicalReedSpectrum(
        formant_hz=(log_uniform(rng, 1000, 1350) / size, log_uniform(rng, 2700, 3400) / size),
        formant_db=(uniform(rng, 14, 20), uniform(rng, 12, 18)),
    )
    return SustainedTone(
        spectra=(spectrum,),
        attack_s=log_uniform(rng, 0.02, 0.045),
        release_s=log_uniform(rng, 0.06, 0.14),
        vibrato=Vibrato(
            rate_hz=uniform(rng, 4.5, 6.0),
            depth_cents=uniform(rng, 4, 12),
            wander_cents=uniform(rng, 1, 3),
        ),
        noise=DriveNoise(uniform(rng, -40, -32), low_hz=1500, high_hz=7000, chiff_db=6),
        tremolo_db=uniform(rng, 0.5, 1.5),
    )


def draw_saxophone(rng: np.random.Generator) -> SustainedTone:
    """Return one saxophone of any size: a single reed on a cone, breath and vibrato."""
    spectrum = WideConeSpectrum(
        cutoff_hz=log_uniform(rng, 600, 1400),
        slope=uniform(rng, 1.3, 2.2),
        second_db=uniform(rng, -3, 5),
    )
    return SustainedTone(
        spectra=(spectrum,),
        attack_s=log_uniform(rng, 0.02, 0.06),
        release_s=log_uniform(rng, 0.06, 0.16),
        vibrato=Vibrato(
            rate_hz=uniform(rng, 4.2, 5.8),
            depth_cents=uniform(rng, 0, 18),
            wander_cents=uniform(rng, 1, 4),
            scoop_cents=uniform(rng, 0, 40),
        ),
        noise=DriveNoise(uniform(rng, -36, -26), low_hz=800, high_hz=7000, chiff_db=6),
        tremolo_db=uniform(rng, 0.2, 1.5),
    )
