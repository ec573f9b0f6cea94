"""Iowa MIS: the University of Iowa's samples, single notes and chromatic runs that are cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instrument_net.audio import AudioError
from instrument_net.data.corpora.published.facts import CorpusFacts
from instrument_net.data.corpora.published.iowa.kept_cuts import kept_cut
from instrument_net.data.corpora.published.iowa.names import IowaName, iowa_name
from instrument_net.data.corpora.published.listing import corpus_folder, listed_manifest
from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.files import FoundFiles, described, find_audio_below
from instrument_net.progress import work_progress

_NOT_CUT = "not cut into notes"

FACTS = CorpusFacts(
    name="iowa_mis",
    title="University of Iowa Musical Instrument Samples",
    n_classes=None,
    n_clips=None,
    hours=None,
    licence="free for any use: see the page",
    citation=(
        "L. Fritts: Musical Instrument Samples, Electronic Music Studios, University of Iowa, "
        "since 1997"
    ),
    page="https://theremin.music.uiowa.edu/MIS.html",
    official_split="none",
    beware=(
        "one library: test and training share instruments, players and room; the pitches of runs "
        "follow from their order"
    ),
    layout=(
        "the files of the site in any folders, named INSTRUMENT. ... .NOTE or .FIRSTLAST, such as "
        "Flute.nonvib.ff.A4.stereo.aif and Flute.nonvib.ff.B3B4.aiff"
    ),
    ask="download the files of each instrument from the page",
)


@dataclass(frozen=True)
class IowaMisCorpus:
    """All files below a folder whose names state a note, or the first and last note of a run.

    A run holds all semitones from its first to its last note. It is cut into notes by its level
    (``onsets.cut_run``). A run in which another number of
    notes is found than its name states is not used, and is counted. Where a run was cut is kept, by
    its content: the same files are cut the same way, and once.

    All notes of a run stay in one split, and so do the mono and the stereo version of a recording.

    Attributes:
        path: The folder.
        cuts: Where the cuts are kept.
    """

    path: str | Path
    cuts: str | Path = "outputs/note_cuts"

    def listed(self) -> pd.DataFrame:
        """Return one row a file whose name states notes; a run is one row, not cut.

        Raises:
            ManifestError: If the folder is missing, or holds no file with such a name.
        """
        files, _ = self._named()
        return pd.DataFrame([_row(file, name, name.lowest) for file, name in files.items()])

    def read(self) -> Manifest:
        """Return the checked table of notes.

        Raises:
            ManifestError: As :meth:`listed`, or if there are runs only and none can be cut.
        """
        folder = corpus_folder(self.path, FACTS)
        names, found = self._named()
        clips = pd.DataFrame(self._notes(names, found))
        if clips.empty:
            raise _nothing_found(folder, found)
        manifest = listed_manifest(clips, folder, FACTS)
        return replace(
            manifest, passed_over=tuple(found.passed_over), incomplete=_incompleteness(found)
        )

    def _named(self) -> tuple[dict[Path, IowaName], FoundFiles]:
        folder = corpus_folder(self.path, FACTS)
        found = find_audio_below(folder)
        names = {}
        for file in found.audio:
            name = iowa_name(file.stem)
            if name is None:
                found.pass_over(file, "no note in its name")
            else:
                names[file] = name
        if not names:
            raise _nothing_found(folder, found)
        return names, found

    def _notes(self, names: Mapping[Path, IowaName], found: FoundFiles) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        n_runs = sum(name.n_notes > 1 for name in names.values())
        with work_progress("runs") as progress:
            bar = progress.add_task("Cutting runs into notes", total=n_runs, visible=n_runs > 0)
            for file, name in names.items():
                if name.n_notes < 1:
                    found.pass_over(file, "run that does not go upwards by its name")
                elif name.n_notes == 1:
                    rows.append(_row(file, name, name.lowest))
                else:
                    rows += self._notes_of_run(file, name, found)
                    progress.advance(bar)
        return rows

    def _notes_of_run(
        self, file: Path, name: IowaName, found: FoundFiles
    ) -> Iterator[dict[str, object]]:
        try:
            cut = kept_cut(file, name.n_notes, Path(self.cuts))
        except AudioError as error:
            found.pass_over(file, f"{_NOT_CUT}: {str(error).removeprefix(f'{file}: ')}")
            return
        if not cut.notes:
            found.pass_over(file, f"{_NOT_CUT}: {cut.problem}")
        for step, (start_s, end_s) in enumerate(cut.notes):
            yield _row(file, name, name.lowest + step, start_s, end_s - start_s)


def _row(
    file: Path,
    name: IowaName,
    pitch: int,
    start_s: float = 0.0,
    duration_s: float = float("nan"),
) -> dict[str, object]:
    return {
        "path": str(file),
        "label": name.label,
        "instrument_id": f"iowa_mis {name.label}",
        "recording_id": name.recording,
        "pitch_midi": str(pitch),
        "dynamic": name.dynamic,
        "articulation": name.articulation,
        "string": name.string,
        "start_s": start_s,
        "duration_s": duration_s,
    }


def _nothing_found(folder: Path, found: FoundFiles) -> ManifestError:
    there = "; ".join(described(found.passed_over)) or "it holds no audio"
    return ManifestError(f"{folder}: no note of {FACTS.title}; expected: {FACTS.layout}; {there}")


def _incompleteness(found: FoundFiles) -> str:
    runs = [entry for entry in found.passed_over if entry.kind.startswith(_NOT_CUT)]
    if not runs:
        return ""
    return (
        f"runs of {FACTS.title} that could not be cut into notes and are not used: {len(runs)}, "
        f"the first is {runs[0].path} ({runs[0].kind})"
    )
