"""File names of the Iowa samples: ``Viola.arco.sulC.mf.C3B3.aiff`` -> what is played."""

from __future__ import annotations

import re
from dataclasses import dataclass

from instrument_net.data.corpora.note_names import note_number
from instrument_net.data.corpora.published.snake_case import snake_case

_NOTES = re.compile(r"([A-G][b#]?-?\d)([A-G][b#]?-?\d)?")
_DYNAMICS = {"ppp", "pp", "p", "mp", "mf", "f", "ff", "fff"}
_CHANNELS = {"mono", "stereo"}
_WORD_STARTS = re.compile(r"(?<=[a-z])(?=[A-Z])")
# One instrument has several names over the years, or one that says too little by itself.
_LABELS = {
    "bass": "double_bass",
    "bb_clar": "bb_clarinet",
    "eb_clar": "eb_clarinet",
    "sop_sax": "soprano_sax",
}
_ARTICULATIONS = {"novib": "nonvib"}


@dataclass(frozen=True)
class IowaName:
    """What the name of a file says.

    Attributes:
        label: The instrument (``alto_sax``).
        lowest: MIDI note number of the first note.
        highest: Of the last note; a run goes up to it by semitones.
        dynamic: ``pp``, ``mf`` or ``ff``; empty where the name has none.
        articulation: All else, such as ``arco`` or ``nonvib``.
        string: ``sulG``; empty where the name has none. A guitar has ``sulE`` and ``sul_E``.
        recording: The name without its ending and number of channels.
    """

    label: str
    lowest: int
    highest: int
    dynamic: str
    articulation: str
    string: str
    recording: str

    @property
    def n_notes(self) -> int:
        """How many notes the file holds by its name; below 1 if it does not go upwards."""
        return self.highest - self.lowest + 1


def iowa_name(stem: str) -> IowaName | None:
    """Return what a file name without its ending says; ``None`` if it names no note.

    >>> name = iowa_name("Flute.nonvib.ff.B3B4")
    >>> name.label, name.lowest, name.n_notes, name.dynamic, name.articulation
    ('flute', 59, 13, 'ff', 'nonvib')
    >>> iowa_name("BbClarinet.ff.A4.stereo").label, iowa_name("8triangle.mf")
    ('bb_clarinet', None)
    """
    instrument, *fields = (field.strip() for field in stem.split("."))
    notes = [found for field in fields if (found := _NOTES.fullmatch(field))]
    if not notes or not instrument:
        return None
    first, last = (note_number(name) for name in notes[-1].groups(default=notes[-1][1]))
    if first is None or last is None:
        return None
    others = [field for field in fields if field and field != notes[-1][0]]
    described = [field for field in others if field.lower() not in _CHANNELS]
    strings = [field for field in described if field.startswith("sul")]
    dynamics = [field for field in described if field in _DYNAMICS]
    rest = [field.lower() for field in described if field not in (*strings, *dynamics)]
    label = snake_case(_WORD_STARTS.sub("_", instrument))
    return IowaName(
        label=_LABELS.get(label, label),
        lowest=first,
        highest=last,
        dynamic="".join(dynamics),
        articulation=" ".join(_ARTICULATIONS.get(field, field) for field in rest),
        string="".join(strings),
        recording=".".join([instrument, *described, notes[-1][0]]),
    )
