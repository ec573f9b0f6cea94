"""Struck strings: the piano (Fletcher & Rossing, ch. 12)."""

from dataclasses import dataclass, replace

import numpy as np

from instrument_net.synthesis.envelopes import damped
from instrument_net.synthesis.modal import decaying_modes
from instrument_net.synthesis.noise import contact_burst
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, Note, Waveform
from instrument_net.synthesis.ranges import log_uniform, uneven, uniform
from instrument_net.synthesis.strings import (
    AUDIBLE_PARTIALS,
    FEW_PARTIALS,
    stiff_string_hz,
    with_knock,
)


@dataclass(frozen=True)
class StruckString:
    """One piano-like instrument: hammer, unison strings, soundboard.

    Args:
        inharmonicity: B at A4; it doubles every eight semitones.
        hammer_hz: Low-pass corner of the felt at mezzo-forte; harder strokes harden it.
        t60_s: Seconds for the fundamental of A3 to fall by 60 dB, late in the note.
        unison_cents: Mistuning of the unison strings.
        knock_db: Level of the hammer's knock on the soundboard.
        release_s: Seconds of the felt damper.
        most_partials: Largest number of partials.
        spread_db: How uneven the partials of a note are; 0 = as in the formula.
    """

    inharmonicity: float
    hammer_hz: float
    t60_s: float
    unison_cents: float
    knock_db: float
    release_s: float
    most_partials: int = FEW_PARTIALS
    spread_db: float = 0.0

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``."""
        stiffness = self.inharmonicity * 2 ** ((note.pitch_midi - 69) / 8)
        partial_hz = stiff_string_hz(note.f0_hz, stiffness, self.most_partials)
        h = np.arange(1, partial_hz.size + 1)
        hammer_hz = self.hammer_hz * 2 ** (2.2 * (note.loudness - 0.5))
        # The hammer strikes at 1/8 of the string, so partial 8 is weak.
        strike = 0.1 + np.abs(np.sin(np.pi * h / 8.2))
        amplitude = strike * h**-0.6 / (1 + (partial_hz / hammer_hz) ** 2)
        amplitude = uneven(amplitude, self.spread_db, rng)
        t60_s = self.t60_s * (220.0 / note.f0_hz) ** 0.7 / (1 + partial_hz / 2500.0)
        # Two strings that differ by a cent or two beat slowly; the one that moves the bridge decays
        # first (Weinreich 1977): a fast decay, then an aftersound.
        detune = 2 ** (self.unison_cents * uniform(rng, 0.5, 1.5) / 1200)
        num_samples = int((note.duration_s + self.release_s) * SAMPLE_RATE_HZ)
        waveform = decaying_modes(
            np.concatenate([partial_hz, partial_hz * detune]),
            np.concatenate([0.3 * t60_s, t60_s]),
            np.concatenate([amplitude, 0.35 * amplitude]),
            num_samples,
        )
        knock = contact_burst(60, 900, 0.06, rng) * np.float32(10 ** (self.knock_db / 20))
        return damped(with_knock(waveform, knock), note.duration_s, self.release_s)


def draw_struck_string(rng: np.random.Generator) -> StruckString:
    """Return one piano-like instrument."""
    return StruckString(
        inharmonicity=log_uniform(rng, 4e-4, 1.2e-3),
        hammer_hz=log_uniform(rng, 900, 1800),
        t60_s=log_uniform(rng, 9.0, 16.0),
        unison_cents=uniform(rng, 0.6, 2.5),
        knock_db=uniform(rng, -20, -10),
        release_s=log_uniform(rng, 0.15, 0.3),
    )


def draw_piano(rng: np.random.Generator) -> StruckString:
    """Return one piano, grand or upright, near or far."""
    return replace(
        draw_struck_string(rng),
        hammer_hz=log_uniform(rng, 600, 1800),
        t60_s=log_uniform(rng, 7.0, 16.0),
        knock_db=uniform(rng, -36, -16),
        most_partials=AUDIBLE_PARTIALS,
        spread_db=uniform(rng, 3, 7),
    )
