"""An undo file -> every file back in its place."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from instrument_net.files import printable
from instrument_net.sorting.record import read_record
from instrument_net.sorting.steps import move

_BLOCK = 2**20


def undo_sorting(undo_file: Path) -> Iterator[str | None]:
    """Undo a sorting, also one that was killed, and yield a step at a time: why it is not undone.

    Nothing is lost by it: a copy is removed only where it is the beginning of its original or all
    of it, and no file is written over another. Folders that the sorting made are removed if they
    are empty. If all is undone, the undo file is removed as well; else it stays, and undoing can be
    tried again.

    Args:
        undo_file: As the sorting left it.

    Yields:
        ``None`` for every step that is undone or was never taken, else what is left and why.

    Raises:
        InputError: If the file cannot be read, or is no undo file.
    """
    steps = read_record(undo_file)
    n_left = 0
    for step in reversed(steps):
        try:
            reason = _undo(step)
        except OSError as error:
            reason = f"{printable(error.filename or undo_file)}: {error.strerror or error}"
        n_left += reason is not None
        yield reason
    if n_left:
        return
    undo_file.unlink()
    for step in reversed(steps):  # once more: the undo file lay in one of the folders
        if "made" in step:
            _remove(Path(step["made"]))
    # The first time that a folder is named is from before the first step.
    for path, mtime_ns in {step["time_of"]: step["mtime_ns"] for step in reversed(steps)
                           if "time_of" in step}.items():  # fmt: skip
        with suppress(OSError):
            os.utime(path, ns=(Path(path).stat().st_atime_ns, mtime_ns))


def _undo(step: Mapping[str, Any]) -> str | None:
    """Undo one step; return why not, if so."""
    if "made" in step:
        _remove(Path(step["made"]))
        return None
    for by, undo in _UNDO.items():
        if by in step:
            return undo(step, Path(step[by]), Path(step["to"]))
    return None


def _undo_copy(_: Mapping[str, Any], source: Path, target: Path) -> str | None:
    if not os.path.lexists(target):
        return None
    if not source.is_file():
        return f"{printable(target)}: kept: its original, {printable(source)}, is gone"
    if not _begins_with(source, target):
        return f"{printable(target)}: kept: it was changed"
    target.unlink()
    return None


def _undo_link(_: Mapping[str, Any], source: Path, target: Path) -> str | None:
    if not os.path.lexists(target):
        return None
    if not target.is_symlink() or target.readlink() != source:
        return f"{printable(target)}: kept: it is not the link that was made"
    target.unlink()
    return None


def _undo_move(step: Mapping[str, Any], source: Path, target: Path) -> str | None:
    if not os.path.lexists(target):
        if os.path.lexists(source):
            return None
        return f"{printable(source)}: cannot be put back: {printable(target)} is gone"
    if os.path.lexists(source):  # interrupted between two parts of a step
        if target.samefile(source):
            target.unlink()
            return None
        if _begins_with(source, target):
            source.chmod(stat.S_IMODE(step["mode"]))  # as copying back may not have come to it
            os.utime(source, ns=(source.stat().st_atime_ns, step["mtime_ns"]))
            target.unlink()
            return None
        if not _begins_with(target, source):
            return f"{printable(target)}: kept: another file is where it came from"
        source.unlink()  # undoing was interrupted while it copied back
    source.parent.mkdir(parents=True, exist_ok=True)
    move(target, source)
    return None


_UNDO: dict[str, Callable[[Mapping[str, Any], Path, Path], str | None]] = {
    "copy": _undo_copy,
    "link": _undo_link,
    "move": _undo_move,
}


def _remove(folder: Path) -> None:
    with suppress(OSError):  # not empty, or gone
        folder.rmdir()


def _begins_with(whole: Path, part: Path) -> bool:
    """Return whether a file is the beginning of another one, or equal to it."""
    with whole.open("rb") as a, part.open("rb") as b:
        while block := b.read(_BLOCK):
            if a.read(len(block)) != block:
                return False
    return True
