"""Names of notes, as file names and tables write them -> MIDI note numbers."""

from __future__ import annotations

import re

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "s": 1, "b": -1}
_NAME = re.compile(r"([A-G])(#|s|b)?(-?\d)")


def note_number(name: str) -> int | None:
    """Return the MIDI note number of a note in scientific pitch notation; ``None`` if it is none.

    A sharp is ``#`` or ``s``, a flat ``b``; A4 is 69 (440 Hz), C4 is 60.

    >>> note_number("A4"), note_number("As4"), note_number("Bb4"), note_number("C#-1")
    (69, 70, 70, 1)
    >>> note_number("mf") is None
    True
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    letter, accidental, octave = found.groups(default="")
    return 12 * (int(octave) + 1) + _SEMITONES[letter] + _ACCIDENTALS[accidental]
