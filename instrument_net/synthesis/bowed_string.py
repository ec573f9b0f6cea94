"""Bowed strings: Helmholtz motion, a sawtooth at the bridge (Fletcher & Rossing, ch. 10)."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import DriveNoise, SustainedTone
from instrument_net.synthesis.vibrato import Vibrato

_BRIDGE_HILL_DB = 11.0


@dataclass(frozen=True)
class HelmholtzSpectrum:
    """Amplitudes ``1/h``, rounded off by a soft bow and notched by the bowing point.

    Args:
        corner_hz: Frequency above which the Helmholtz corner is rounded, at mezzo-forte.
        bow_position: Bowing point as a fraction of the string's length.
        notch: Depth of the notches at harmonics ``1 / bow_position``, 0 to 1.
        bridge_hill_hz: Centre of the bridge hill (2,000 to 3,000 Hz for a violin).
    """

    corner_hz: float
    bow_position: float
    notch: float
    bridge_hill_hz: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        corner_hz = self.corner_hz * 2 ** (1.6 * (loudness - 0.5))
        comb = 1 - self.notch * np.abs(np.cos(np.pi * harmonic * self.bow_position)) ** 8
        rounded = 1 / np.sqrt(1 + (harmonic * f0_hz / corner_hz) ** 2)
        # The bridge's rocking resonance raises the frequencies around it, on every violin.
        hill_octaves = np.log2(harmonic * f0_hz / self.bridge_hill_hz)
        bridge_hill = 10 ** (_BRIDGE_HILL_DB / 20 * np.exp(-0.5 * (hill_octaves / 0.4) ** 2))
        amplitude: FloatArray = comb * rounded * bridge_hill / harmonic
        return amplitude


def draw_bowed_string(rng: np.random.Generator, *, size: float = 1.0) -> SustainedTone:
    """Return one bowed string instrument with its player: slow attack, vibrato, bow noise.

    Args:
        rng: Draws the individual.
        size: Size of the bridge relative to a violin's; its hill is lower by this factor.
    """
    spectrum = HelmholtzSpectrum(
        corner_hz=log_uniform(rng, 2500, 4500) / np.sqrt(size),
        bow_position=uniform(rng, 0.07, 0.15),
        notch=uniform(rng, 0.2, 0.6),
        bridge_hill_hz=log_uniform(rng, 2200, 2900) / size,
    )
    return SustainedTone(
        spectra=(spectrum,),
        attack_s=log_uniform(rng, 0.07, 0.16),
        release_s=log_uniform(rng, 0.2, 0.4),
        vibrato=Vibrato(
            rate_hz=uniform(rng, 5.0, 6.6),
            depth_cents=uniform(rng, 18, 35),
            wander_cents=uniform(rng, 2, 6),
        ),
        noise=DriveNoise(uniform(rng, -27, -20), low_hz=2000, high_hz=9000, chiff_db=8),
        tremolo_db=uniform(rng, 0.3, 1.5),
    )
