"""A region of an .sfz file -> the note that its sample holds, or why it holds none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from instrument_net.data.corpora.note_names import note_number
from instrument_net.data.corpora.sfz.regions import Region

_TRIGGERED_BY_CONTROLLER = re.compile(r"(?:on|start)_(?:lo|hi)(?:hd)?cc\d+")
_LOUDEST = 127
# Velocity in the middle of a layer -> dynamic: the nearest of those that MuseScore plays.
_DYNAMICS = {16: "ppp", 33: "pp", 49: "p", 64: "mp", 80: "mf", 96: "f", 112: "ff", 126: "fff"}


@dataclass(frozen=True)
class SampledNote:
    """What an .sfz file says about one of its samples.

    Attributes:
        sample: Its file, as the .sfz writes it, with ``/`` between folders.
        pitch_midi: The note that was recorded; ``None`` where it is not said.
        layer: The dynamic that its velocities stand for; empty if it serves them all.
        round_robin: Which of several takes in turn; empty if there is one.
        offset: First sample that is played.
        end: Last sample that is played; ``None`` for the whole file.
    """

    sample: str
    pitch_midi: int | None
    layer: str
    round_robin: str
    offset: int
    end: int | None


def note_of(region: Region) -> SampledNote | str:
    r"""Return what a region says about its sample; or, as a noun, why it has no note.

    >>> opcodes = {"sample": "f#3.wav", "pitch_keycenter": "f#3", "lovel": "90"}
    >>> note = note_of(Region(opcodes, "flute\\", 0))
    >>> note.sample, note.pitch_midi, note.layer
    ('flute/f#3.wav', 54, 'ff')
    >>> note_of(Region({"sample": "*sine"}, "", 0))
    'generated sound'
    """
    opcodes = region.opcodes
    sample = opcodes.get("sample", "").strip('"')
    if not sample:
        return "region without a sample"
    if sample.startswith("*"):
        return "generated sound"
    if opcodes.get("trigger", "attack").startswith("release"):
        return "sound of a release"
    if any(_TRIGGERED_BY_CONTROLLER.fullmatch(name) for name in opcodes):
        return "sound of a pedal or another controller"
    end = _number(opcodes.get("end"))
    if end == -1 or _number(opcodes.get("hikey")) == -1:
        return "region that no key plays"
    pitch = midi_note(opcodes.get("pitch_keycenter", ""))
    position = opcodes.get("seq_position", "")
    return SampledNote(
        sample=(region.default_path + sample).replace("\\", "/"),
        pitch_midi=None if pitch is None else pitch + region.note_offset,
        layer=_layer(opcodes),
        round_robin=position if (_number(opcodes.get("seq_length")) or 1) > 1 else "",
        offset=max(0, _number(opcodes.get("offset")) or 0),
        end=end if end else None,
    )


def midi_note(text: str) -> int | None:
    """Return the number of a note that is given as number or name; ``None`` if it is neither.

    >>> midi_note("60"), midi_note("c4"), midi_note("Db-1"), midi_note("sample")
    (60, 60, 1, None)
    """
    number = _number(text)
    return note_number(text.strip().capitalize()) if number is None else number


def _layer(opcodes: Mapping[str, str]) -> str:
    low, high = _number(opcodes.get("lovel")) or 0, _number(opcodes.get("hivel"))
    high = _LOUDEST if high is None else high
    if low <= 1 and high >= _LOUDEST:
        return ""
    middle = (low + high) / 2
    return _DYNAMICS[min(_DYNAMICS, key=lambda velocity: abs(velocity - middle))]


def _number(text: str | None) -> int | None:
    try:
        return int(float(text or ""))
    except (ValueError, OverflowError):
        return None
