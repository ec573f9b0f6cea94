"""Pitch over time: vibrato that begins after the attack, and a slow drift."""

from dataclasses import dataclass

import numpy as np

from instrument_net.synthesis.note import FloatArray
from instrument_net.synthesis.ranges import uniform


@dataclass(frozen=True)
class Vibrato:
    """The vibrato of one player.

    Args:
        rate_hz: Vibrato rate; string players and singers use 5 to 7 Hz (Seashore 1938).
        depth_cents: Largest deviation to either side in cents; 0 = none.
        delay_s: Seconds until the vibrato is fully grown.
        wander_cents: Size of the slow, irregular drift of the pitch.
        scoop_cents: How flat the note begins; it reaches its pitch in about 60 ms.
    """

    rate_hz: float = 5.5
    depth_cents: float = 0.0
    delay_s: float = 0.3
    wander_cents: float = 0.0
    scoop_cents: float = 0.0

    def pitch_cents(self, time_s: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return the deviation from the notated pitch in cents at ``time_s``, ``(n,)``."""
        grown = np.clip(time_s / self.delay_s, 0.0, 1.0) ** 2
        rate = self.rate_hz * uniform(rng, 0.95, 1.05)
        angle = 2 * np.pi * rate * time_s + uniform(rng, 0, 2 * np.pi)
        cents = self.depth_cents * uniform(rng, 0.7, 1.2) * grown * np.sin(angle)
        for wander_hz in (0.7, 1.9):
            phase = uniform(rng, 0, 2 * np.pi)
            cents += 0.5 * self.wander_cents * np.sin(2 * np.pi * wander_hz * time_s + phase)
        return cents - self.scoop_cents * np.exp(-time_s / 0.03)
