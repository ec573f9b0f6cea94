"""What .sfz files play -> clips: each audio file once, and excerpts of files with many notes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from instrument_net.audio import AudioError, open_sound
from instrument_net.data.corpora.sfz.labels import Label
from instrument_net.data.corpora.sfz.notes import SampledNote


@dataclass(frozen=True)
class SfzClip:
    """A sample, with what the .sfz file says that plays it.

    Attributes:
        sample: The audio file.
        sfz: The .sfz file.
        note: What the region says.
        label: The instrument.
        articulation: How it is played; empty where no name says.
    """

    sample: Path
    sfz: Path
    note: SampledNote
    label: Label
    articulation: str


def one_each(clips: Iterable[SfzClip]) -> list[SfzClip]:
    """Return each sample once: the first clip of it whose label is trusted most.

    Where two known instruments claim a sample, both clips stay: the labels contradict each other,
    and clips of equal content with two labels are left out and named when they are read.
    """
    by_sample: dict[tuple[str, int | None, int], dict[str, SfzClip]] = {}
    for clip in clips:
        note = clip.note
        # The start matters where a file holds several notes; elsewhere it only skips the attack.
        key = (os.path.realpath(clip.sample), note.end, note.offset if note.end else 0)
        by_sample.setdefault(key, {}).setdefault(clip.label.name, clip)
    kept: list[SfzClip] = []
    for claims in by_sample.values():
        best = min(clip.label.trust for clip in claims.values())
        kept += [clip for clip in claims.values() if clip.label.trust == best]
    return kept


def excerpts(clips: Sequence[SfzClip]) -> tuple[list[float], list[float]]:
    """Return where each clip starts in its file and how long it is, in seconds; NaN: to the end.

    A file of which one part is played is a clip as a whole. Of a file in which several notes lie
    one after the other, each is a clip.
    """
    parts: dict[Path, set[tuple[int, int | None]]] = {}
    for clip in clips:
        parts.setdefault(clip.sample, set()).add((clip.note.offset, clip.note.end))
    starts, lengths = [], []
    for clip in clips:
        rate = _rate(clip.sample) if len(parts[clip.sample]) > 1 and clip.note.end else None
        if rate is None or clip.note.end is None or clip.note.end < clip.note.offset:
            starts.append(0.0)
            lengths.append(np.nan)
        else:
            starts.append(clip.note.offset / rate)
            lengths.append((clip.note.end + 1 - clip.note.offset) / rate)
    return starts, lengths


def _rate(path: Path) -> int | None:
    try:
        with open_sound(path) as sound:
            return int(sound.file.samplerate)
    except AudioError:  # its reader says what is wrong, for the whole file
        return None
