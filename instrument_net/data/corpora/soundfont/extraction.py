"""Open banks -> a folder with their clips as FLAC, a table of these, and what was left out."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from instrument_net.data.corpora.soundfont.bank import Bank
from instrument_net.data.corpora.soundfont.listing import listed
from instrument_net.data.corpora.soundfont.recordings import Recording, Recordings
from instrument_net.data.corpora.soundfont.samples import SampleError
from instrument_net.data.corpora.soundfont.uses import select
from instrument_net.data.label_table import LabelTable
from instrument_net.data.manifest import ManifestError
from instrument_net.files import PassedOver, unfinished
from instrument_net.progress import work_progress

TABLE, LEFT_OUT = "metadata.csv", "left_out.csv"
_SHOWN = 3  # reasons


@dataclass(frozen=True)
class Choice:
    """What is taken from banks, see :class:`SoundFontCorpus`.

    Attributes:
        programs: Program -> label.
        numbers: Of banks within a file.
        shortest_s: What is shorter is left out, seconds.
        held_s: Up to which length loops are repeated, seconds; ``None``: as recorded.
    """

    programs: LabelTable
    numbers: Collection[int]
    shortest_s: float
    held_s: float | None


def extract(banks: Mapping[str, Bank], choice: Choice, final: Path, *, origin: Path) -> None:
    """Write clips and tables into a folder of its own, which is renamed when all is there.

    Args:
        banks: File -> its open bank.
        choice: What is taken.
        final: The folder.
        origin: Where the banks are, for messages.

    Raises:
        ManifestError: If no sample with a label can be used.
    """
    part = unfinished(final)
    part.mkdir(parents=True)
    try:
        recordings = Recordings(part, shortest_s=choice.shortest_s, held_s=choice.held_s)
        passed_over = _read_all(banks, choice, recordings)
        rows, left_out = listed(recordings.all())
        passed_over += left_out
        if not rows:
            raise ManifestError(f"{origin}: no usable sample: {_reasons(passed_over)}")
        table = [{"path": _placed(one, row, part)} | row for one, row in rows]
        for unused in part.glob("*.flac"):
            unused.unlink()
        _write(part / TABLE, table)
        _write(part / LEFT_OUT, [{"path": one.path, "kind": one.kind} for one in passed_over])
        try:
            part.rename(final)
        except OSError:  # another run was quicker; its files are the same
            if not (final / TABLE).is_file():
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _read_all(
    banks: Mapping[str, Bank], choice: Choice, recordings: Recordings
) -> list[PassedOver]:
    """Add the recordings of all banks; return what is left out."""
    selection = select(banks, choice.programs, choice.numbers)
    passed_over = selection.passed_over
    with work_progress("samples") as progress:
        bar = progress.add_task("Reading SoundFonts", total=len(selection.uses))
        for (file, samples), uses in selection.uses.items():
            try:
                recordings.add(banks[file], samples, uses)
            except SampleError as error:
                presets = ", ".join(sorted({f"{u.preset.program} {u.preset.name}" for u in uses}))
                name = banks[file].name_of(samples[0])
                passed_over.append(PassedOver(f"{file}: {name} ({presets})", str(error)))
            progress.advance(bar)
    return passed_over


def _placed(recording: Recording, row: Mapping[str, str], folder: Path) -> str:
    """Give a clip a name that says what it is; return it, below the folder."""
    pitch = f"_{row['pitch_midi']}" if row["pitch_midi"] else ""
    name = f"{Path(row['bank']).stem}{pitch}_{recording.sample_id}.flac"
    place = folder / row["program"] / name
    place.parent.mkdir(exist_ok=True)
    recording.path.rename(place)
    return str(place.relative_to(folder))


def _reasons(passed_over: Iterable[PassedOver]) -> str:
    counts = Counter(one.kind for one in passed_over)
    return "; ".join(f"{n} {kind}" for kind, n in counts.most_common(_SHOWN)) or "it has no preset"


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["path", "kind"])
        writer.writeheader()
        writer.writerows(rows)
