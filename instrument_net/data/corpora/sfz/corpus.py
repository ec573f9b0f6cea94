"""A corpus of sample libraries in the SFZ format: every sample as it was recorded, once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instrument_net.data.corpora.sfz.clips import SfzClip, excerpts, one_each
from instrument_net.data.corpora.sfz.labels import Trust, label_of
from instrument_net.data.corpora.sfz.names import articulation_in, dynamic_in, speaks_of_no_note
from instrument_net.data.corpora.sfz.notes import SampledNote, note_of
from instrument_net.data.corpora.sfz.origin import instrument_id, libraries
from instrument_net.data.corpora.sfz.regions import Region, SfzFile, read_sfz
from instrument_net.data.corpora.sfz.samples import SampleFinder, sfz_files
from instrument_net.data.corpora.sfz.text import SfzError
from instrument_net.data.manifest import Manifest, ManifestError, check_names, checked_manifest
from instrument_net.files import PassedOver, described, printable

_SHOWN = 8


@dataclass(frozen=True)
class SfzCorpus:
    """The samples that the .sfz files in a folder play, not transposed, each audio file once.

    Columns beside ``path`` and ``label``: ``source`` (the library), ``instrument_id`` (what has one
    label in one folder of a library), ``pitch_midi``, ``dynamic``, ``articulation``,
    ``round_robin`` and ``sfz``, the file that it was found in; blank where they are not known.

    Attributes:
        path: Folder of libraries, or one .sfz file.
        one_library: Whether ``path`` is a single library. Otherwise each folder in it is one,
            unless .sfz files lie beside these folders or play samples of another of them.
    """

    path: str | Path
    one_library: bool = False

    def read(self) -> Manifest:
        """Read all .sfz files and find their samples.

        Raises:
            ManifestError: If the folder is missing, or no .sfz file in it plays a sample that is
                there, with what was found.
        """
        given = Path(self.path).resolve()
        if not given.exists():
            raise ManifestError(f"{given}: no such folder; data.path must hold .sfz files")
        root = given if given.is_dir() else given.parent
        passed_over: list[PassedOver] = []
        instruments = _read_all(sfz_files(root) if given.is_dir() else [given], passed_over)
        finder = SampleFinder()
        clips = one_each(
            clip for sfz in instruments for clip in _clips(sfz, root, finder, passed_over)
        )
        if not clips:
            there = "; ".join(described(passed_over)) or "no .sfz file"
            raise ManifestError(f"{given}: no sample of an .sfz file in it: {there}")
        check_names([root])
        table = self._table(clips, root)
        manifest = checked_manifest(table, given)
        return replace(
            manifest, passed_over=tuple(dict.fromkeys(passed_over)), caveat=_unnamed(clips)
        )

    def _table(self, clips: Sequence[SfzClip], root: Path) -> pd.DataFrame:
        starts, lengths = excerpts(clips)
        library_of = libraries(clips, root, one=self.one_library)
        rows = [
            {
                "path": str(clip.sample),
                "label": clip.label.name,
                "source": library_of[clip.sfz],
                "instrument_id": instrument_id(clip, root, library_of[clip.sfz]),
                "pitch_midi": "" if clip.note.pitch_midi is None else str(clip.note.pitch_midi),
                "dynamic": dynamic_in(clip.sample.stem) or clip.note.layer,
                "articulation": clip.articulation,
                "round_robin": clip.note.round_robin,
                "sfz": _relative(clip.sfz, root),
                "start_s": start_s,
                "duration_s": duration_s,
            }
            for clip, start_s, duration_s in zip(clips, starts, lengths, strict=True)
        ]
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="row"))


def _read_all(files: Iterable[Path], passed_over: list[PassedOver]) -> list[SfzFile]:
    """Return the files that can be read, without those that others include."""
    found = []
    for path in files:
        try:
            found.append(read_sfz(path))
        except SfzError as error:
            reason = str(error).removeprefix(f"{path}: ")
            passed_over.append(PassedOver(printable(path), f"sfz that cannot be read ({reason})"))
    included = {file for sfz in found for file in sfz.included}
    instruments = [sfz for sfz in found if sfz.path.resolve() not in included]
    for sfz in instruments:
        for name in dict.fromkeys(sfz.missing):
            place = printable(sfz.path.parent / name.replace("\\", "/"))
            passed_over.append(PassedOver(place, "file that an .sfz includes and that is missing"))
    return instruments


def _clips(
    sfz: SfzFile, root: Path, finder: SampleFinder, passed_over: list[PassedOver]
) -> Iterator[SfzClip]:
    for region in sfz.regions:
        note = note_of(region)
        if isinstance(note, str):
            passed_over.append(PassedOver(printable(sfz.path), note))
            continue
        sample = finder.find(sfz.path, note.sample)
        if sample is None:
            name = printable(sfz.path.parent / note.sample)
            passed_over.append(PassedOver(name, "sample that is missing"))
        elif any(map(speaks_of_no_note, (sfz.path.stem, sample.parent.name, sample.stem))):
            passed_over.append(PassedOver(printable(sample), "sound of a release or a noise"))
        else:
            yield _clip(sfz, region, note, sample, root)


def _clip(sfz: SfzFile, region: Region, note: SampledNote, sample: Path, root: Path) -> SfzClip:
    said = [region.opcodes.get(opcode, "") for opcode in ("sw_label", "group_label")]
    names = [*said, sfz.path.stem, sample.parent.name, sample.stem]
    return SfzClip(
        sample=sample,
        sfz=sfz.path,
        note=note,
        label=label_of(sfz, region, sample, root),
        articulation=articulation_in(names),
    )


def _relative(file: Path, root: Path) -> str:
    return printable(file.relative_to(root)) if file.is_relative_to(root) else printable(file)


def _unnamed(clips: Iterable[SfzClip]) -> str:
    names = sorted({c.label.name for c in clips if c.label.trust is Trust.FILE_NAME})
    if not names:
        return ""
    more = ", ..." if len(names) > _SHOWN else ""
    return (
        f"{len(names)} label(s) are names of .sfz files, since no known instrument is named: "
        f"{', '.join(names[:_SHOWN])}{more}"
    )
