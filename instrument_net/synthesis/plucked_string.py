"""Plucked strings: guitars, harps, pizzicato (Fletcher & Rossing, ch. 2 and 9)."""

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
class PluckedString:
    """One plucked instrument: string, plucking point, damping.

    Args:
        pluck_position: Plucking point as a fraction of the string's length.
        t60_s: Seconds for the fundamental of A3 (220 Hz) to fall by 60 dB.
        loss_hz: Frequency at which internal losses halve T60 (nylon low, steel high).
        inharmonicity: B of the stiff string.
        pluck_hz: Low-pass corner of the finger at mezzo-forte.
        knock_db: Level of the finger's noise.
        loss_order: Exponent with which losses grow with frequency.
        most_partials: Largest number of partials.
        knock_hz: Band of the finger's noise.
        spread_db: How uneven the partials of a note are; 0 = as in the formula.
    """

    pluck_position: float
    t60_s: float
    loss_hz: float
    inharmonicity: float
    pluck_hz: float
    knock_db: float
    loss_order: float = 1.0
    most_partials: int = FEW_PARTIALS
    knock_hz: tuple[float, float] = (800.0, 4000.0)
    spread_db: float = 0.0

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``."""
        frequency_hz = stiff_string_hz(note.f0_hz, self.inharmonicity, self.most_partials)
        h = np.arange(1, frequency_hz.size + 1)
        position = self.pluck_position * uniform(rng, 0.85, 1.15)
        pluck_hz = self.pluck_hz * 2 ** (1.6 * (note.loudness - 0.5))
        # Displacement gives 1/h^2, the force on the bridge 1/h.
        amplitude = np.sin(np.pi * h * position) / h / (1 + (frequency_hz / pluck_hz) ** 2)
        losses = 1 + (frequency_hz / self.loss_hz) ** self.loss_order
        release_s = 0.15
        waveform = decaying_modes(
            frequency_hz,
            self.t60_s * (220.0 / note.f0_hz) ** 0.5 / losses,
            uneven(amplitude, self.spread_db, rng),
            int((note.duration_s + release_s) * SAMPLE_RATE_HZ),
        )
        knock = contact_burst(*self.knock_hz, 0.03, rng) * np.float32(10 ** (self.knock_db / 20))
        return damped(with_knock(waveform, knock), note.duration_s, release_s)


def draw_plucked_string(rng: np.random.Generator) -> PluckedString:
    """Return one guitar- or harp-like instrument."""
    return PluckedString(
        pluck_position=uniform(rng, 0.12, 0.32),
        t60_s=log_uniform(rng, 2.0, 4.0),
        loss_hz=log_uniform(rng, 500, 1200),
        inharmonicity=log_uniform(rng, 1e-5, 1e-4),
        pluck_hz=log_uniform(rng, 2500, 5000),
        knock_db=uniform(rng, -24, -14),
    )


def draw_acoustic_guitar(rng: np.random.Generator) -> PluckedString:
    """Return one guitar with strings of nylon or steel."""
    return PluckedString(
        pluck_position=uniform(rng, 0.1, 0.3),
        t60_s=log_uniform(rng, 3.5, 9.0),
        loss_hz=log_uniform(rng, 700, 1500),
        loss_order=uniform(rng, 1.2, 1.6),
        inharmonicity=log_uniform(rng, 1e-5, 1e-4),
        pluck_hz=log_uniform(rng, 1200, 6000),
        knock_db=uniform(rng, -40, -20),
        knock_hz=(80.0, 2500.0),
        most_partials=AUDIBLE_PARTIALS,
        spread_db=uniform(rng, 3, 7),
    )


def draw_harp(rng: np.random.Generator) -> PluckedString:
    """Return one harp: long strings that ring, plucked softly near their middle."""
    return PluckedString(
        pluck_position=uniform(rng, 0.25, 0.48),
        t60_s=log_uniform(rng, 3.5, 8.0),
        loss_hz=log_uniform(rng, 500, 1300),
        loss_order=uniform(rng, 1.3, 1.7),
        inharmonicity=log_uniform(rng, 1e-5, 1e-4),
        pluck_hz=log_uniform(rng, 900, 3000),
        knock_db=uniform(rng, -45, -24),
        knock_hz=(100.0, 2000.0),
        most_partials=AUDIBLE_PARTIALS,
        spread_db=uniform(rng, 3, 7),
    )


def draw_electric_guitar(rng: np.random.Generator) -> PluckedString:
    """Return one electric guitar as its pickup senses it: a long decay, no body."""
    return PluckedString(
        pluck_position=uniform(rng, 0.06, 0.3),
        t60_s=log_uniform(rng, 7.0, 18.0),
        loss_hz=log_uniform(rng, 700, 2500),
        loss_order=uniform(rng, 0.9, 1.4),
        inharmonicity=log_uniform(rng, 2e-5, 2e-4),
        pluck_hz=log_uniform(rng, 800, 5000),
        knock_db=uniform(rng, -50, -28),
        most_partials=AUDIBLE_PARTIALS,
        spread_db=uniform(rng, 3, 7),
    )


def draw_electric_bass(rng: np.random.Generator) -> PluckedString:
    """Return one electric bass: a pickup, and thick strings whose upper partials decay at once."""
    return replace(
        draw_electric_guitar(rng),
        pluck_position=uniform(rng, 0.08, 0.3),
        t60_s=log_uniform(rng, 4.0, 12.0),
        loss_hz=log_uniform(rng, 150, 700),
        loss_order=uniform(rng, 1.2, 1.8),
        pluck_hz=log_uniform(rng, 250, 2000),
    )


def draw_pizzicato(rng: np.random.Generator, *, size: float) -> PluckedString:
    """Return one instrument of the violin family, plucked: short, as a finger stops the string.

    Args:
        rng: Draws the individual.
        size: Size relative to a violin; a larger one decays more slowly and sounds darker.
    """
    return replace(
        draw_acoustic_guitar(rng),
        t60_s=log_uniform(rng, 0.7, 2.5) * size**0.5,
        loss_hz=log_uniform(rng, 500, 1500) / size**0.5,
        loss_order=uniform(rng, 1.0, 1.5),
        pluck_hz=log_uniform(rng, 800, 3000) / size**0.5,
    )
