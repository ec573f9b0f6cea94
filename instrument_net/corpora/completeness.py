"""A copy of a corpus compared with what the corpus lists and with published checksums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pooch
from rich.console import Console

from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
from instrument_net.data.corpora.published.listing import corpus_folder
from instrument_net.data.corpora.published.partial_copy import missing_parts, too_few
from instrument_net.data.corpora.published.registry import CorpusEntry
from instrument_net.data.manifest import ManifestError
from instrument_net.files import find_audio_below, printable
from instrument_net.progress import work_progress

_SHOWN = 5


@dataclass(frozen=True)
class Comparison:
    """What was found of a copy.

    Attributes:
        problems: A line for each kind of thing that is missing, changed or too many.
        summary: What was compared.
    """

    problems: tuple[str, ...]
    summary: str


def compare(entry: CorpusEntry, path: Path, screen: Console) -> Comparison:
    """Compare a copy with its corpus.

    Args:
        entry: The corpus.
        path: Folder of the copy.
        screen: Shows progress.

    Raises:
        InputError: If there is no such folder.
    """
    facts = entry.facts
    folder = corpus_folder(path, facts)
    changed = tuple(_changed(folder, facts, screen))
    try:
        listed = entry.corpus(folder).listed()
    except ManifestError as error:
        return Comparison((f"missing: {error}", *changed), "the clips could not be compared")
    problems = (
        *missing(listed, folder, facts),
        *changed,
        *_empty(listed),
        *_too_many(listed, folder, facts),
    )
    return Comparison(problems, _summary(listed, folder, facts))


def missing(listed: pd.DataFrame, folder: Path, facts: CorpusFacts) -> Iterator[str]:
    """Yield what of the corpus is missing, a line a kind.

    Args:
        listed: See :class:`~instrument_net.data.corpora.published.facts.NamedCorpus`.
        folder: Of the copy.
        facts: Of the corpus.
    """
    for part, n in missing_parts(folder, facts).items():
        yield f"missing: {part}, and the {n} clips that come with it"
    absent = [path for path in listed["path"].unique() if not Path(path).is_file()]
    if absent:
        yield f"missing: {len(absent)} of {listed['path'].nunique()} files: {_first(absent)}"
    for label, n in too_few(listed["label"], facts).items():
        yield f"missing: {n} of {facts.clips_per_class[label]} clips of {label}"


def _changed(folder: Path, facts: CorpusFacts, screen: Console) -> Iterator[str]:
    """Yield which downloaded files do not have their published checksum."""
    there = _with_checksum(folder, facts)
    if not there:
        return
    with work_progress("files", screen) as progress:
        bar = progress.add_task("Computing checksums", total=len(there))
        for path, file in there:
            assert file.checksum is not None
            algorithm, _, right = file.checksum.partition(":")
            found = pooch.file_hash(str(path), alg=algorithm)
            progress.advance(bar)
            if found != right:
                yield f"changed: {printable(path)}: {algorithm} is {found}, not {right}"


def _with_checksum(folder: Path, facts: CorpusFacts) -> list[tuple[Path, RemoteFile]]:
    return [
        (path, file)
        for file in facts.files
        if file.checksum is not None
        for path in sorted(folder.rglob(file.name))
    ]


def _empty(listed: pd.DataFrame) -> Iterator[str]:
    files = [Path(path) for path in listed["path"].unique()]
    empty = [str(path) for path in files if path.is_file() and path.stat().st_size == 0]
    if empty:
        yield f"changed: {len(empty)} files are empty: {_first(empty)}"


def _too_many(listed: pd.DataFrame, folder: Path, facts: CorpusFacts) -> Iterator[str]:
    known = set(listed["path"])
    # What lies elsewhere is not read: another part of the corpus, for example.
    places = {Path(path).parent for path in known}
    audio = [path for path in find_audio_below(folder).audio if path.parent in places]
    more = [str(path) for path in audio if str(path) not in known]
    if more:
        yield f"too many: {len(more)} audio files beside its clips: {_first(more)}"
    counts = listed["label"].value_counts()
    for label, n in facts.clips_per_class.items():
        if counts.get(label, 0) > n:
            yield f"too many: {counts[label]} clips of {label}, the corpus has {n}"


def _summary(listed: pd.DataFrame, folder: Path, facts: CorpusFacts) -> str:
    n_files, n_sums = listed["path"].nunique(), len(_with_checksum(folder, facts))
    return (
        f"{facts.title}: {n_files} audio files compared by name, {n_sums} downloads by checksum; "
        "no checksums of single audio files are published"
    )


def _first(paths: list[str]) -> str:
    return ", ".join(map(printable, paths[:_SHOWN])) + (", ..." if len(paths) > _SHOWN else "")
