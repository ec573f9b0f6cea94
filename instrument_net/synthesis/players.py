"""The same instrument with another player: what differs between players and rooms."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from instrument_net.synthesis.note import Note, Waveform
from instrument_net.synthesis.plucked_string import PluckedString
from instrument_net.synthesis.ranges import log_uniform, uniform
from instrument_net.synthesis.sustained import SustainedTone

_WITHOUT_VIBRATO = 0.4


def by_any_player(
    draw: Callable[[np.random.Generator], SustainedTone],
    rng: np.random.Generator,
    *,
    slowest_attack: float = 3.0,
) -> SustainedTone:
    """Return one individual of a driven instrument with a random player.

    Attacks are quick or slow, the tone swells and wavers, vibrato is wide, slight or absent, breath
    and bow noise is loud or hardly audible, and the harmonics are as uneven as in a room.

    Args:
        draw: Draws the instrument with its usual player.
        rng: Draws instrument and player.
        slowest_attack: Attack time of the slowest player relative to the usual one.
    """
    tone = draw(rng)
    vibrato = 0.0 if rng.random() < _WITHOUT_VIBRATO else uniform(rng, 0.4, 1.2)
    noise = tone.noise
    if noise is not None:
        low_hz = noise.low_hz * log_uniform(rng, 0.05, 1.0)
        high_hz = noise.high_hz * log_uniform(rng, 0.3, 1.0)
        noise = replace(
            noise,
            level_db=noise.level_db + uniform(rng, -14, 3),
            low_hz=low_hz,
            high_hz=max(high_hz, 2 * low_hz),
        )
    return replace(
        tone,
        attack_s=tone.attack_s * log_uniform(rng, 0.4, slowest_attack),
        release_s=tone.release_s * log_uniform(rng, 0.7, 3.0),
        vibrato=replace(tone.vibrato, depth_cents=tone.vibrato.depth_cents * vibrato),
        tremolo_db=tone.tremolo_db * min(vibrato, 1.0),
        noise=noise,
        spread_db=uniform(rng, 2, 7),
        swell_db=uniform(rng, 0, 3),
    )


@dataclass(frozen=True)
class BowedOrPlucked:
    """One instrument of the violin family, some of whose notes are plucked.

    Args:
        bowed: How it sounds under the bow.
        plucked: How it sounds under the finger.
        plucked_share: Probability of a plucked note.
    """

    bowed: SustainedTone
    plucked: PluckedString
    plucked_share: float = 0.15

    def play(self, note: Note, rng: np.random.Generator) -> Waveform:
        """Return the dry sound of one note, float32 ``(samples,)``."""
        plucked = rng.random() < self.plucked_share
        return self.plucked.play(note, rng) if plucked else self.bowed.play(note, rng)
