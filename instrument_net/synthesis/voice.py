"""Singing voice: a glottal source through the formants of a vowel (Fant 1960).

Formant frequencies: Peterson & Barney, J. Acoust. Soc. Am. 24(2), 1952, men's averages.
"""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import DriveNoise, SustainedTone
from instrument_net.synthesis.vibrato import Vibrato

VOWEL_FORMANTS_HZ = {
    "a": (730.0, 1090.0, 2440.0, 3400.0),
    "e": (530.0, 1840.0, 2480.0, 3400.0),
    "i": (270.0, 2290.0, 3010.0, 3500.0),
    "o": (570.0, 840.0, 2410.0, 3400.0),
    "u": (300.0, 870.0, 2240.0, 3400.0),
}
_SINGERS_FORMANT_HZ = 2800.0
_SINGERS_FORMANT_DB = 12.0
_BANDWIDTH_HZ = (70.0, 90.0, 120.0, 170.0)


@dataclass(frozen=True)
class VowelSpectrum:
    """Glottal slope times the resonances of the vocal tract.

    Args:
        formant_hz: Formant frequencies of this singer's vowel.
        glottal_slope: Exponent of the source's fall at mezzo-forte, radiation included.
    """

    formant_hz: tuple[float, ...]
    glottal_slope: float

    def amplitudes(self, harmonic: FloatArray, f0_hz: float, loudness: float) -> FloatArray:
        """Return relative harmonic amplitudes; see :class:`HarmonicSpectrum`."""
        frequency_hz = harmonic * f0_hz
        amplitude = harmonic ** -(self.glottal_slope + 0.4 * (0.5 - loudness))
        for formant, bandwidth in zip(self.formant_hz, _BANDWIDTH_HZ, strict=True):
            pole = complex(-np.pi * bandwidth, 2 * np.pi * formant)
            s = 2j * np.pi * frequency_hz
            amplitude = amplitude * np.abs(abs(pole) ** 2 / ((s - pole) * (s - pole.conjugate())))
        # In trained voices, formants 3 to 5 form a cluster: the singer's formant (Sundberg 1974).
        octaves = np.log2(frequency_hz / _SINGERS_FORMANT_HZ)
        amplitude = amplitude * 10 ** (
            _SINGERS_FORMANT_DB / 20 * np.exp(-0.5 * (octaves / 0.2) ** 2)
        )
        # The four poles alone would mute all frequencies above; higher formants keep some of them.
        return np.asarray(amplitude * np.maximum(1.0, frequency_hz / 3500.0) ** 4, dtype=np.float64)


def draw_voice(rng: np.random.Generator) -> SustainedTone:
    """Return one singer: a vocal tract of random length, five vowels, wide vibrato."""
    tract = uniform(rng, 0.95, 1.2)  # shorter tracts sound higher
    slope = uniform(rng, 0.9, 1.3)
    spectra = tuple(
        VowelSpectrum(tuple(tract * f for f in formants), slope)
        for formants in VOWEL_FORMANTS_HZ.values()
    )
    return SustainedTone(
        spectra=spectra,
        attack_s=log_uniform(rng, 0.06, 0.14),
        release_s=log_uniform(rng, 0.12, 0.25),
        vibrato=Vibrato(
            rate_hz=uniform(rng, 5.0, 6.5),
            depth_cents=uniform(rng, 40, 80),
            delay_s=0.2,
            wander_cents=uniform(rng, 5, 15),
            scoop_cents=uniform(rng, 30, 120),
        ),
        noise=DriveNoise(uniform(rng, -38, -30), low_hz=1500, high_hz=6000, chiff_db=4),
        tremolo_db=uniform(rng, 0.5, 1.5),
    )
