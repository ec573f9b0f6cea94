"""Where a pack lies: a folder, or an object store, ``s3://bucket/folder``."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from instrument_net.errors import InputError
from instrument_net.files import write_atomically

_REMOTE = "s3://"
_SCRATCH = ".packing"


class Place(Protocol):
    """Files by their names below a place; each is there whole or not at all."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, ``None`` where there is none."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write a file."""
        ...

    def take(self, file: Path, name: str) -> None:
        """Move a finished file, which lies in the scratch folder, here."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""
        ...

    def is_empty(self) -> bool:
        """Return whether nothing is here."""
        ...

    def scratch(self) -> Path:
        """Return a folder of this machine for files that are being written."""
        ...

    def clear_scratch(self) -> None:
        """Remove that folder, with what a process that was killed left in it."""
        ...

    def local(self, name: str, kept_in: Path) -> Path:
        """Return a file as one of this machine; where it is far away, fetched into a folder."""
        ...

    def streamed(self, split: str) -> str:
        """Return the folder of a split as LitData opens it."""
        ...


def place_of(path: str | Path) -> Place:
    """Return the place that a path or an address names.

    Raises:
        InputError: If it is a file, or an address of a kind that is not known.
    """
    text = str(path)
    if text.startswith(_REMOTE):
        return _Remote(text.rstrip("/"))
    if "://" in text:
        raise InputError(f"{text}: a pack lies in a folder, or at {_REMOTE}bucket/folder")
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; a pack is a folder")
    return _Folder(folder)


class _Folder:
    """A folder of this machine, or of a file system that it shares."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    def read(self, name: str) -> bytes | None:
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        write_atomically(self._path / name, content)

    def take(self, file: Path, name: str) -> None:
        there = self._path / name
        there.parent.mkdir(parents=True, exist_ok=True)
        file.replace(there)

    def remove(self, name: str) -> None:
        (self._path / name).unlink(missing_ok=True)

    def is_empty(self) -> bool:
        if not self._path.is_dir():
            return True
        return all(entry.name.startswith(".") for entry in self._path.iterdir())

    def scratch(self) -> Path:
        folder = self._path / _SCRATCH  # on the same disk, so that a file is moved at once
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def clear_scratch(self) -> None:
        shutil.rmtree(self._path / _SCRATCH, ignore_errors=True)

    def local(self, name: str, kept_in: Path) -> Path:
        del kept_in
        return self._path / name

    def streamed(self, split: str) -> str:
        return str(self._path / split)


class _Remote:
    """A folder of an object store, through the client that LitData has for it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __str__(self) -> str:
        return self._url

    def read(self, name: str) -> bytes | None:
        with tempfile.TemporaryDirectory() as folder, self._store() as store:
            if not store.exists(f"{self._url}/{name}"):
                return None
            copy = Path(folder) / "content"
            store.download_file(f"{self._url}/{name}", str(copy))
            return copy.read_bytes()

    def write(self, name: str, content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "content"
            copy.write_bytes(content)
            self.take(copy, name)

    def take(self, file: Path, name: str) -> None:
        with self._store() as store:
            store.upload_file(str(file), f"{self._url}/{name}")
        file.unlink()

    def remove(self, name: str) -> None:
        with suppress(InputError), self._store() as store:  # what is left over changes nothing
            store.delete_file_or_directory(f"{self._url}/{name}")

    def is_empty(self) -> bool:
        with self._store() as store:
            return bool(store.is_empty(self._url))

    def scratch(self) -> Path:
        return Path(tempfile.gettempdir())

    def clear_scratch(self) -> None:
        """Leave it: it is not ours alone."""

    def local(self, name: str, kept_in: Path) -> Path:
        content = self.read(name)
        if content is None:
            raise InputError(f"{self._url}/{name} is missing: pack the clips again")
        copy = kept_in / hashlib.sha256(self._url.encode()).hexdigest()[:16] / name
        write_atomically(copy, content)
        return copy

    def streamed(self, split: str) -> str:
        return f"{self._url}/{split}"

    @contextmanager
    def _store(self) -> Iterator[Any]:
        """Yield the client.

        Raises:
            InputError: What the store refuses, or that it cannot be reached.
        """
        try:
            yield _client(self._url, os.getpid())
        except (InputError, OSError, ModuleNotFoundError):
            raise
        except Exception as error:  # every client has its own
            raise InputError(f"{self._url}: {' '.join(str(error).split())}") from error


@cache
def _client(url: str, process: int) -> Any:
    """Return LitData's client of an address, made once in each process."""
    from litdata.streaming.fs_provider import _get_fs_provider

    del process
    return _get_fs_provider(url)
