"""Archives of corpora, unpacked into a folder and nowhere else."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from rich.console import Console

from instrument_net.errors import InputError
from instrument_net.files import written_atomically
from instrument_net.progress import work_progress

# What macOS adds to archives beside the files.
_OF_SYSTEMS = ("__MACOSX", ".DS_Store")


def unpack(archive: Path, folder: Path, screen: Console) -> int:
    """Unpack a zip or tar archive, and return how many files were written.

    Only files are written, below ``folder`` only: links and devices are refused. Zip archives in
    the archive (one an instrument, at the Philharmonia's) are unpacked too, each into a folder of
    its name, and are not kept; what they hold is left as it is.

    Args:
        archive: The file.
        folder: Where to.
        screen: Shows progress.

    Raises:
        InputError: If the archive is damaged, or holds a path that leads out of the folder or
            something that is no file.
    """
    written = _unpacked(archive, folder, screen)
    inner = [path for path in written if path.name.endswith(".zip")]
    n_files = len(written) - len(inner)
    for path in inner:
        n_files += len(_unpacked(path, path.with_suffix(""), screen))
        path.unlink()
    return n_files


def _unpacked(archive: Path, folder: Path, screen: Console) -> list[Path]:
    """Unpack an archive and return the files that were written."""
    written = []
    try:
        with work_progress("files", screen) as progress:
            bar = progress.add_task(f"Unpacking {archive.name}", total=None)
            for name, content in _members(archive):
                target = folder / _inside(name, archive)
                with content, written_atomically(target) as part, part.open("wb") as file:
                    shutil.copyfileobj(content, file)
                written.append(target)
                progress.advance(bar)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise InputError(
            f"{archive}: cannot be unpacked: {error}; delete it and fetch it again"
        ) from error
    except OSError as error:
        raise InputError(f"{error.filename or archive}: {error.strerror or error}") from error
    return written


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and content of each file in an archive."""
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as holder:
            for entry in holder.infolist():
                if not entry.is_dir() and not _of_a_system(entry.filename):
                    yield entry.filename, holder.open(entry)
        return
    with tarfile.open(archive, "r|*") as tar:
        for member in tar:
            if member.isdir() or _of_a_system(member.name):
                continue
            content = tar.extractfile(member) if member.isfile() else None
            if content is None:
                raise InputError(
                    f"{archive}: holds {member.name!r}, which is no file: not unpacked"
                )
            yield member.name, content


def _of_a_system(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part in _OF_SYSTEMS or part.startswith("._") for part in parts)


def _inside(name: str, archive: Path) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise InputError(f"{archive}: holds {name!r}, which leads out of the folder: not unpacked")
    return path
