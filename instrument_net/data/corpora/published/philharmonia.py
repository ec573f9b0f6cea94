"""Philharmonia: the sound samples of the Philharmonia Orchestra, described by their file names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instrument_net.data.corpora.note_names import note_number
from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
from instrument_net.data.corpora.published.listing import corpus_folder, listed_manifest
from instrument_net.data.corpora.published.snake_case import snake_case
from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.files import FoundFiles, described, find_audio_below

_FORM = "INSTRUMENT_NOTE_LENGTH_DYNAMIC_ARTICULATION"
_DYNAMICS = {
    "pianissimo": "pp",
    "piano": "p",
    "mezzo-piano": "mp",
    "mezzo-forte": "mf",
    "forte": "f",
    "fortissimo": "ff",
}

FACTS = CorpusFacts(
    name="philharmonia",
    title="Philharmonia Orchestra sound samples",
    n_classes=19,
    n_clips=None,
    hours=None,
    licence="free, not as samples: see the page",
    citation="Philharmonia Orchestra: Sound samples, philharmonia.co.uk",
    page="https://philharmonia.co.uk/resources/sound-samples/",
    official_split="none",
    beware=(
        "one library with one instrument of each class: test and training share instrument, player "
        "and room, and are kept apart by pitch only"
    ),
    layout=f"the unpacked folders of the site, with files named {_FORM}.mp3",
    files=(
        RemoteFile(
            "https://philharmonia-assets.s3-eu-west-1.amazonaws.com/uploads/2020/02/12112005/"
            "all-samples.zip"
        ),
    ),
)


@dataclass(frozen=True)
class PhilharmoniaCorpus:
    """All files below a folder, whatever folders they lie in: the names say all.

    ``violin_A4_1_fortissimo_arco-normal.mp3``: labels are the instruments (``french_horn``),
    ``As4`` is A sharp, ``length`` is kept as it is written (``025``, ``15``, ``long``, ``phrase``)
    and dynamics are abbreviated (``ff``). A phrase has the pitch that its name states, though it
    may hold more than one note.

    What is known of the recordings is one instrument a class. So a split keeps pitches whole: all
    lengths, dynamics and articulations of a pitch stay together.

    Attributes:
        path: The folder.
        percussion: Whether unpitched percussion is used too: files without a note in their name,
            and those in a folder called percussion. It adds about 40 classes, some of a few clips.
    """

    path: str | Path
    percussion: bool = False

    def listed(self) -> pd.DataFrame:
        """Return one row a file, percussion too; files with other names are left out.

        Raises:
            ManifestError: If the folder is missing, or holds no file with such a name.
        """
        return self._found()[0]

    def read(self) -> Manifest:
        """Return the checked table of clips.

        Raises:
            ManifestError: As :meth:`listed`, or if all of them are percussion that is not used.
        """
        folder = corpus_folder(self.path, FACTS)
        clips, found = self._found()
        if not self.percussion:
            for file in clips["path"][clips["percussion"] == "yes"]:
                found.pass_over(Path(file), "percussion (data.percussion=true uses it)")
            clips = clips[clips["percussion"] == ""]
        if clips.empty:
            raise _nothing_found(folder, found)
        return replace(listed_manifest(clips, folder, FACTS), passed_over=tuple(found.passed_over))

    def _found(self) -> tuple[pd.DataFrame, FoundFiles]:
        folder = corpus_folder(self.path, FACTS)
        found = find_audio_below(folder)
        rows = []
        for file in found.audio:
            fields = file.stem.split("_", 4)
            if len(fields) < 5 or not fields[0]:
                found.pass_over(file, f"name is not {_FORM}")
                continue
            unpitched = not fields[1] or "percussion" in file.relative_to(folder).parts
            rows.append(
                {
                    "path": str(file),
                    **_described(*fields),
                    "percussion": "yes" if unpitched else "",
                }
            )
        if not rows:
            raise _nothing_found(folder, found)
        return pd.DataFrame(rows), found


def _nothing_found(folder: Path, found: FoundFiles) -> ManifestError:
    there = "; ".join(described(found.passed_over)) or "it holds no audio"
    return ManifestError(f"{folder}: no file of {FACTS.title}; expected: {FACTS.layout}; {there}")


def _described(
    instrument: str, note: str, length: str, dynamic: str, articulation: str
) -> dict[str, str]:
    label, pitch = snake_case(instrument), note_number(note)
    return {
        "label": label,
        "instrument_id": f"philharmonia {label}",
        "pitch_midi": "" if pitch is None else str(pitch),
        "dynamic": _DYNAMICS.get(dynamic, dynamic),
        "articulation": articulation,
        "length": length,
    }
