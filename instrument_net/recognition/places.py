"""Where results go: places that are checked before the work."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

from instrument_net.errors import InputError
from instrument_net.files import printable

_ELSEWHERE = "name another file"


def check_places(places: Sequence[Path | None], *, spared: Sequence[Path]) -> None:
    """Refuse, before any work, files that could not be written after it.

    Args:
        places: Files to be written; ``None`` is none.
        spared: Files that are read, which none of them may be.

    Raises:
        InputError: Naming the place and the reason.
    """
    wanted = [place for place in places if place is not None]
    for k, place in enumerate(wanted):
        try:
            _check_place(place, wanted[:k], spared)
        except OSError as error:
            raise refusal(place, error) from error


def check_folders(places: Sequence[Path | None]) -> None:
    """Refuse, before any work, folders that could not be written into after it.

    Args:
        places: They need not exist; ``None`` is none.

    Raises:
        InputError: Naming the place and the reason.
    """
    for place in places:
        if place is None:
            continue
        try:
            if place.exists() and not place.is_dir():
                raise InputError(f"{printable(place)}: is no folder; name another one")
            folder = next(p for p in (place, *place.absolute().parents) if p.exists())
            if not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            if not os.access(folder, os.W_OK):  # no trial, which would change the folder's time
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise refusal(place, error) from error


def refusal(place: Path, error: OSError) -> InputError:
    """Return the line that names a place that cannot be written, and why."""
    reason = error.strerror or str(error)
    return InputError(f"{printable(place)}: cannot be written: {reason}; {_ELSEWHERE}")


def _check_place(place: Path, others: Sequence[Path], spared: Sequence[Path]) -> None:
    if place.is_dir():
        raise InputError(f"{printable(place)}: is a folder; name a file in it")
    if any(_same(place, other) for other in others):
        raise InputError(f"{printable(place)}: two results cannot be one file; {_ELSEWHERE}")
    if any(_same(place, file) for file in spared):
        raise InputError(f"{printable(place)}: is read and would be overwritten; {_ELSEWHERE}")
    if place.exists() and not place.is_file():
        return
    folder = next(parent for parent in place.absolute().parents if parent.exists())
    trial = folder / f"{place.name}.{os.getpid()}.trial"
    trial.touch()
    trial.unlink()


def _same(place: Path, file: Path) -> bool:
    """Return whether both are one entry of a folder; only names that are alike are looked up.

    A link, or a second name, of a file is replaced, and the file stays.
    """
    if place.name.casefold() != file.name.casefold():
        return False
    try:
        return place.parent.samefile(file.parent)
    except OSError:
        return place.absolute() == file.absolute()
