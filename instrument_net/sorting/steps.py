"""One file to another place: copied, linked or moved, and never over another file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def copy(source: Path, target: Path, *, on_disk: bool = False) -> None:
    """Copy a file with its times.

    Args:
        source: The file.
        target: Its new place.
        on_disk: Return only when the content is on the disk.

    Raises:
        FileExistsError: If the target exists.
        OSError: If it cannot be copied; nothing is left of the target then.
    """
    with source.open("rb") as read, target.open("xb") as written:
        try:
            shutil.copyfileobj(read, written)
            written.flush()
            if on_disk:
                os.fsync(written.fileno())
        except OSError:
            target.unlink()
            raise
    with suppress(OSError):  # a file system may not keep all of it
        shutil.copystat(source, target)


def link(source: Path, target: Path) -> None:
    """Make a symbolic link to a file, by its whole path.

    Raises:
        FileExistsError: If the target exists.
        OSError: If there can be no links.
    """
    target.symlink_to(source.absolute())


def move(source: Path, target: Path) -> None:
    """Move a file, also to another file system.

    Renaming would replace a target that appears at the same moment; a second name does not.

    Raises:
        FileExistsError: If the target exists.
        OSError: If it cannot be moved; it is where it was then.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # another file system, or one without second names
        copy(source, target, on_disk=True)  # the source is removed next
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


STEPS: dict[str, Callable[[Path, Path], None]] = {"copy": copy, "link": link, "move": move}
