"""Bars over tube resonators: marimba and vibraphone (Fletcher & Rossing, ch. 19)."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.modal import decaying_modes
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Note, Waveform
from instrument_net.synthesis.ranges import log_uniform, uneven, uniform
from instrument_net.synthesis.stroke import struck

# Bars are undercut so that the second mode lies near two octaves above the first.
_WOODEN_RATIOS = np.array([1.0, 3.9, 9.2])
_TUNED_RATIOS = np.array([1.0, 4.0, 9.8])


@dataclass(frozen=True)
class StruckBar:
    """One marimba- or vibraphone-like instrument: bars over tube resonators.

    Args:
        ratios: The bar's modes over the first, ``(3,)``.
        t60_s: Seconds for the first mode of C4 to fall by 60 dB.
        mallet_hz: Low-pass corner of the mallet at mezzo-forte.
        knock_db: Level of the mallet's knock.
        spread_db: How uneven the modes of a stroke are; 0 = as in the formula.
    """

    ratios: FloatArray
    t60_s: float
    mallet_hz: float
    knock_db: float
    spread_db: float = 0.0

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one stroke, float32 ``(samples,)``."""
        frequency_hz = self.ratios * note.f0_hz
        mallet_hz = self.mallet_hz * 2 ** (1.8 * (note.loudness - 0.5))
        amplitude = np.array([1.0, 0.8, 0.5]) / (1 + (frequency_hz / mallet_hz) ** 2)
        amplitude = uneven(amplitude, self.spread_db, rng)
        t60_s = self.t60_s * (261.6 / note.f0_hz) ** 0.6 * np.array([1.0, 0.3, 0.12])
        release_s = 0.1
        num_samples = int((note.duration_s + release_s) * SAMPLE_RATE_HZ)
        waveform = decaying_modes(frequency_hz, t60_s, amplitude, num_samples)
        return struck(waveform, 300, 3000, self.knock_db, note, release_s, rng)


def draw_struck_bar(rng: np.random.Generator) -> StruckBar:
    """Return one marimba-like instrument; the upper modes of its bars deviate by up to 2 %."""
    return StruckBar(
        ratios=_WOODEN_RATIOS * np.array([1.0, *rng.uniform(0.98, 1.02, 2)]),
        t60_s=log_uniform(rng, 0.5, 1.1),
        mallet_hz=log_uniform(rng, 900, 2200),
        knock_db=uniform(rng, -24, -14),
    )


def draw_marimba(rng: np.random.Generator) -> StruckBar:
    """Return one marimba with soft or hard mallets: resonators prolong the low bars."""
    return StruckBar(
        ratios=_TUNED_RATIOS * np.array([1.0, *rng.uniform(0.97, 1.03, 2)]),
        t60_s=log_uniform(rng, 1.0, 4.0),
        mallet_hz=log_uniform(rng, 500, 2500),
        knock_db=uniform(rng, -40, -14),
        spread_db=uniform(rng, 3, 10),
    )


def draw_vibraphone(rng: np.random.Generator) -> StruckBar:
    """Return one vibraphone: aluminium rings much longer than wood, and mode 3 is hardly tuned."""
    return StruckBar(
        ratios=_TUNED_RATIOS * np.array([1.0, *rng.uniform([0.98, 0.85], [1.03, 1.12])]),
        t60_s=log_uniform(rng, 6.0, 18.0),
        mallet_hz=log_uniform(rng, 500, 3000),
        knock_db=uniform(rng, -45, -20),
        spread_db=uniform(rng, 3, 10),
    )
