"""Plucked and struck strings: decaying, slightly stretched harmonics.

Fletcher & Rossing, ch. 2 (stiff strings), 9 (guitar), 12 (piano); Fletcher, J. Acoust. Soc. Am.
36, 1964: ``f_h = h f0 sqrt(1 + B h^2)``.
"""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.envelopes import damping
from instrument_net.synthesis.modal import decaying_modes
from instrument_net.synthesis.noise import contact_burst
from instrument_net.synthesis.note import SAMPLE_RATE_HZ, FloatArray, Note, Waveform
from instrument_net.synthesis.ranges import log_uniform, uniform

_HIGHEST_PARTIAL_HZ = 12_000.0
_MOST_PARTIALS = 48


def stiff_string_hz(f0_hz: float, inharmonicity: float) -> FloatArray:
    """Return the partials of a stiff string in hertz, up to 12 kHz and at most 48.

    Args:
        f0_hz: Frequency of partial 1, which the tuner tunes, in hertz.
        inharmonicity: B in ``f_h = h f sqrt(1 + B h^2)``; 0 = harmonic.

    Returns:
        Frequencies in hertz, ``(partials,)``, rising.
    """
    h = np.arange(1, _MOST_PARTIALS + 1, dtype=np.float64)
    frequency_hz = h * f0_hz * np.sqrt((1 + inharmonicity * h**2) / (1 + inharmonicity))
    return np.asarray(frequency_hz[frequency_hz < _HIGHEST_PARTIAL_HZ], dtype=np.float64)


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
    """

    pluck_position: float
    t60_s: float
    loss_hz: float
    inharmonicity: float
    pluck_hz: float
    knock_db: float

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``."""
        frequency_hz = stiff_string_hz(note.f0_hz, self.inharmonicity)
        h = np.arange(1, frequency_hz.size + 1)
        position = self.pluck_position * uniform(rng, 0.85, 1.15)
        pluck_hz = self.pluck_hz * 2 ** (1.6 * (note.loudness - 0.5))
        # Displacement gives 1/h^2, the force on the bridge 1/h.
        amplitude = np.sin(np.pi * h * position) / h / (1 + (frequency_hz / pluck_hz) ** 2)
        t60_s = self.t60_s * (220.0 / note.f0_hz) ** 0.5 / (1 + frequency_hz / self.loss_hz)
        release_s = 0.15
        num_samples = int((note.duration_s + release_s) * SAMPLE_RATE_HZ)
        waveform = decaying_modes(frequency_hz, t60_s, amplitude, num_samples)
        knock = contact_burst(800, 4000, 0.03, rng) * np.float32(10 ** (self.knock_db / 20))
        return _damped(_with_knock(waveform, knock), note.duration_s, release_s)


@dataclass(frozen=True)
class StruckString:
    """One piano-like instrument: hammer, unison strings, soundboard.

    Args:
        inharmonicity: B at A4; it doubles every eight semitones.
        hammer_hz: Low-pass corner of the felt at mezzo-forte; it hardens when struck harder.
        t60_s: Seconds for the fundamental of A3 to fall by 60 dB, late in the note.
        unison_cents: Mistuning of the unison strings.
        knock_db: Level of the hammer's knock on the soundboard.
        release_s: Seconds of the felt damper.
    """

    inharmonicity: float
    hammer_hz: float
    t60_s: float
    unison_cents: float
    knock_db: float
    release_s: float

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``."""
        stiffness = self.inharmonicity * 2 ** ((note.pitch_midi - 69) / 8)
        partial_hz = stiff_string_hz(note.f0_hz, stiffness)
        h = np.arange(1, partial_hz.size + 1)
        hammer_hz = self.hammer_hz * 2 ** (2.2 * (note.loudness - 0.5))
        # The hammer strikes at 1/8 of the string, so that partial 8 is weak.
        strike = 0.1 + np.abs(np.sin(np.pi * h / 8.2))
        amplitude = strike * h**-0.6 / (1 + (partial_hz / hammer_hz) ** 2)
        t60_s = self.t60_s * (220.0 / note.f0_hz) ** 0.7 / (1 + partial_hz / 2500.0)
        # Two strings apart by a cent or two beat slowly; the one that moves the bridge dies
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
        return _damped(_with_knock(waveform, knock), note.duration_s, self.release_s)


def _with_knock(waveform: Waveform, knock: Waveform) -> Waveform:
    n = min(waveform.size, knock.size)
    waveform[:n] += np.abs(waveform).max() * knock[:n]
    return waveform


def _damped(waveform: Waveform, duration_s: float, release_s: float) -> Waveform:
    first = min(int(duration_s * SAMPLE_RATE_HZ), waveform.size)
    time_s = np.arange(first, waveform.size) / SAMPLE_RATE_HZ
    fall = damping(time_s, duration_s=duration_s, release_s=release_s)
    waveform[first:] *= fall.astype(np.float32)
    return waveform


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


def draw_harp(rng: np.random.Generator) -> PluckedString:
    """Return one harp: plucked by soft fingers near the middle of long strings."""
    return PluckedString(
        pluck_position=uniform(rng, 0.3, 0.48),
        t60_s=log_uniform(rng, 2.5, 5.0),
        loss_hz=log_uniform(rng, 400, 1200),
        inharmonicity=log_uniform(rng, 1e-5, 1e-4),
        pluck_hz=log_uniform(rng, 1200, 3000),
        knock_db=uniform(rng, -30, -18),
    )


def draw_steel_string(rng: np.random.Generator) -> PluckedString:
    """Return one guitar or bass with steel strings, as its pickup hears it: long, no wood."""
    return PluckedString(
        pluck_position=uniform(rng, 0.08, 0.3),
        t60_s=log_uniform(rng, 4.0, 12.0),
        loss_hz=log_uniform(rng, 900, 3000),
        inharmonicity=log_uniform(rng, 2e-5, 2e-4),
        pluck_hz=log_uniform(rng, 1500, 5000),
        knock_db=uniform(rng, -34, -20),
    )


def draw_struck_string(rng: np.random.Generator) -> StruckString:
    """Return one piano."""
    return StruckString(
        inharmonicity=log_uniform(rng, 4e-4, 1.2e-3),
        hammer_hz=log_uniform(rng, 900, 1800),
        t60_s=log_uniform(rng, 9.0, 16.0),
        unison_cents=uniform(rng, 0.6, 2.5),
        knock_db=uniform(rng, -20, -10),
        release_s=log_uniform(rng, 0.15, 0.3),
    )
