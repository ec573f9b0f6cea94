"""NSynth: notes of a thousand sampled instruments, with an official split by instrument."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
from instrument_net.data.corpora.published.listing import corpus_folder, listed_manifest
from instrument_net.data.manifest import Manifest, ManifestError

_ADDRESS = "http://download.magenta.tensorflow.org/datasets/nsynth"
# The corpus' names of the splits -> ours, and how many notes each has.
_SPLITS = {"train": "train", "valid": "validation", "test": "test"}
_N_NOTES = {"train": 289_205, "valid": 12_678, "test": 4_096}
_LABEL = "instrument_family_str"
_NEEDED = (_LABEL, "instrument_str", "pitch", "velocity", "instrument_source_str")

FACTS = CorpusFacts(
    name="nsynth",
    title="NSynth",
    n_classes=11,
    n_clips=sum(_N_NOTES.values()),
    hours=340.0,
    licence="CC BY 4.0",
    citation="J. Engel, C. Resnick, A. Roberts, S. Dieleman, D. Eck, K. Simonyan, M. Norouzi: "
    "Neural audio synthesis of musical notes with WaveNet autoencoders, ICML 2017",
    page="https://magenta.tensorflow.org/datasets/nsynth",
    official_split="train, valid, test",
    beware="train shares no instrument with valid or test, as its page says, and not whether valid "
    "shares some with test; classes are families, notes are of 16 kHz",
    layout="nsynth-train, nsynth-valid and nsynth-test, each with examples.json and audio/*.wav",
    files=tuple(RemoteFile(f"{_ADDRESS}/nsynth-{split}.jsonwav.tar.gz") for split in _SPLITS),
    size=25_233_566_634,
    keeps_whole=("instrument_id",),
    parts={f"nsynth-{split}/examples.json": n for split, n in _N_NOTES.items()},
)


@dataclass(frozen=True)
class NSynthCorpus:
    """Notes that the three ``examples.json`` list; labels are the 11 families of instruments.

    The official split is in the column ``split``. A copy with one or two of its three parts can be
    evaluated on.

    Attributes:
        path: The folder that holds ``nsynth-train``, ``nsynth-valid`` and ``nsynth-test``.
    """

    path: str | Path

    def listed(self) -> pd.DataFrame:
        """Return one row a note of the parts that are there.

        Raises:
            ManifestError: If the folder or every part is missing, or a list of notes is damaged.
        """
        folder = corpus_folder(self.path, FACTS)
        parts = {split: folder / f"nsynth-{split}" for split in _SPLITS}
        there = [split for split, part in parts.items() if (part / "examples.json").is_file()]
        if not there:
            raise ManifestError(f"{folder}: holds no part of {FACTS.title}: {FACTS.layout}")
        return pd.concat([_notes(parts[split], _SPLITS[split]) for split in there])

    def read(self) -> Manifest:
        """Return the checked table of the notes whose files are there.

        Raises:
            ManifestError: As :meth:`listed`, or if every note is missing.
        """
        return listed_manifest(self.listed(), corpus_folder(self.path, FACTS), FACTS)


def _notes(part: Path, split: str) -> pd.DataFrame:
    """Return the notes of one part, in the order of their names."""
    notes = _examples(part / "examples.json")
    names = sorted(notes)
    rows = [notes[name] for name in names]
    return pd.DataFrame(
        {
            "path": [str(part / "audio" / f"{name}.wav") for name in names],
            "label": [str(row[_LABEL]) for row in rows],
            "instrument_id": [str(row["instrument_str"]) for row in rows],
            "pitch_midi": [str(row["pitch"]) for row in rows],
            "velocity": [str(row["velocity"]) for row in rows],
            "production": [str(row["instrument_source_str"]) for row in rows],
            "qualities": [" ".join(row.get("qualities_str", ())) for row in rows],
            "split": split,
        },
        dtype=str,
    )


def _examples(path: Path) -> dict[str, dict[str, Any]]:
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        absent = (set(_NEEDED) - set(row) for row in notes.values())
        missing = next((names for names in absent if names), set())
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ManifestError(
            f"{path}: not the list of notes of {FACTS.title} ({error}); unpack it again"
        ) from error
    if missing:
        raise ManifestError(f"{path}: a note has no {sorted(missing)[0]!r}; unpack it again")
    checked: dict[str, dict[str, Any]] = notes
    return checked
