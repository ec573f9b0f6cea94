"""What a player is to play: pitch, dynamic, articulation and length."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Dynamic: TypeAlias = Literal["pp", "p", "mf", "f", "ff"]
Articulation: TypeAlias = Literal["sustained", "staccato", "accented"]
Waveform: TypeAlias = npt.NDArray[np.float32]
FloatArray: TypeAlias = npt.NDArray[np.float64]

SAMPLE_RATE_HZ = 44_100

LOUDNESS: dict[Dynamic, float] = {"pp": 0.0, "p": 0.25, "mf": 0.5, "f": 0.75, "ff": 1.0}
"""How hard the player plays, from 0 (pp) to 1 (ff); this affects level and spectrum."""


@dataclass(frozen=True)
class Note:
    """One note to be played.

    Args:
        pitch_midi: MIDI note number, 69 = A4 = 440 Hz in equal temperament.
        dynamic: ``pp`` to ``ff``.
        articulation: ``sustained``, ``staccato`` (cut or damped early) or ``accented``
            (a stronger, quicker beginning).
        duration_s: Seconds from the onset to the moment the player lets go.
    """

    pitch_midi: int
    dynamic: Dynamic
    articulation: Articulation
    duration_s: float

    @property
    def f0_hz(self) -> float:
        """Fundamental frequency in hertz."""
        return float(440.0 * 2.0 ** ((self.pitch_midi - 69) / 12))

    @property
    def loudness(self) -> float:
        """How hard the note is played, 0 (pp) to 1 (ff)."""
        return LOUDNESS[self.dynamic]
