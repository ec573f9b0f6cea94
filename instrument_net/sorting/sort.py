"""Files into folders, step by step, each written down before it is taken."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.sorting.names import free_name
from instrument_net.sorting.record import UndoRecord, new_record
from instrument_net.sorting.steps import STEPS

_FULL = (errno.ENOSPC, errno.EDQUOT)  # of this, the next file would fail as well


@dataclass(frozen=True)
class Placed:
    """What became of a file.

    Attributes:
        source: The file.
        target: Where it is now; ``None``: not sorted.
        error: Why it was not sorted.
    """

    source: Path
    target: Path | None
    error: str | None


def sort_files(
    placings: Sequence[tuple[Path, str]],
    target: Path,
    *,
    by: str,
    at_begin: Callable[[Path], None] = lambda _: None,
) -> Iterator[Placed]:
    """Copy, link or move files into folders, and yield what became of each.

    No file is overwritten: a number is added to a name that is taken. Every step is on disk, in the
    undo file, before it is taken, so that what is interrupted anywhere can be undone.

    Args:
        placings: File and name of its folder below ``target``.
        target: A folder; made if it does not exist.
        by: ``copy``, ``link`` (symbolic) or ``move``.
        at_begin: Called with the undo file before the first step.

    Raises:
        InputError: If the folder or the undo file cannot be written, or no space is left; what was
            sorted until then stays, and the message names the undo file.
    """
    target = target.absolute()
    missing = [folder for folder in (target, *target.parents) if not folder.exists()]
    n_sorted, undo = 0, ""
    try:
        changed = missing[-1].parent if missing else target
        mtime_ns = changed.stat().st_mtime_ns  # before the undo file is in it
        target.mkdir(parents=True, exist_ok=True)
        with new_record(target) as record:
            undo = f"; undo file: {printable(record.path)}"
            at_begin(record.path)
            record.note_time(changed, mtime_ns)
            for folder in reversed(missing):
                record.note(made=str(folder))
            for source, name in placings:
                placed = _sort_one(source.absolute(), target / name, by, record)
                n_sorted += placed.target is not None
                yield placed
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{printable(target)}: {reason}, after {n_sorted} of {len(placings)} files{undo}"
        ) from error


def planned(placings: Sequence[tuple[Path, str]], target: Path) -> Iterator[tuple[Path, Path]]:
    """Yield where :func:`sort_files` would put each file, and change nothing."""
    taken: set[Path] = set()
    for source, name in placings:
        place = target / name / free_name(target / name, source.name, taken)
        taken.add(place)
        yield source, place


def _sort_one(source: Path, folder: Path, by: str, record: UndoRecord) -> Placed:
    _make(folder, record)
    if by == "move":
        record.note_time(source.parent)
    while True:
        target = folder / free_name(folder, source.name)
        record.note(**{by: str(source), "to": str(target)}, **_facts(source))
        try:
            STEPS[by](source, target)
        except FileExistsError:
            record.note(void=True)  # another program was quicker
        except OSError as error:
            record.note(void=True)
            if error.errno in _FULL:
                raise
            reason = f"{printable(source)}: not sorted: {error.strerror or error}"
            return Placed(source, None, reason)
        else:
            return Placed(source, target, None)


def _facts(source: Path) -> dict[str, int]:
    try:
        facts = source.stat()
    except OSError:  # gone: the step fails, and says so
        return {}
    return {"mode": facts.st_mode, "mtime_ns": facts.st_mtime_ns}


def _make(folder: Path, record: UndoRecord) -> None:
    if folder.is_dir():
        record.note_time(folder)
    elif os.path.lexists(folder):
        raise InputError(
            f"{printable(folder)}: is no folder, and files would be sorted into it; rename it"
        )
    else:
        record.note(made=str(folder))
        folder.mkdir(exist_ok=True)  # another process may have been quicker
