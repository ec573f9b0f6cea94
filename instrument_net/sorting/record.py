"""The undo file: a line a step, on disk before the step is taken."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.sorting.names import free_name

_HEAD = {"kind": "instrument_net undo file", "version": 1}


class UndoRecord:
    """An undo file that is being written.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("x", encoding="ascii")  # JSON spells other bytes of names out
        self._timed: set[Path] = set()

    def note(self, **step: Any) -> None:
        """Write down what will be done next; it is on disk when this returns.

        ``void=True`` takes back the line before: its step could not be done.
        """
        self._file.write(json.dumps(step) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def note_time(self, folder: Path, mtime_ns: int | None = None) -> None:
        """Write down when a folder was changed last, before the first change to it."""
        if folder not in self._timed:
            self._timed.add(folder)
            mtime_ns = folder.stat().st_mtime_ns if mtime_ns is None else mtime_ns
            self.note(time_of=str(folder), mtime_ns=mtime_ns)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@contextmanager
def new_record(folder: Path) -> Iterator[UndoRecord]:
    """Begin an undo file in a folder, named after the time."""
    name = time.strftime("undo_%Y-%m-%d_%H-%M-%S.jsonl")
    record = None
    while record is None:
        with suppress(FileExistsError):  # another process was quicker
            record = UndoRecord(folder / free_name(folder, name))
    try:
        record.note(**_HEAD)
        yield record
    finally:
        record.close()


def read_record(path: Path) -> list[Mapping[str, Any]]:
    """Return the steps that an undo file holds, in their order.

    A last line that is cut off is left out: its step was not begun. So are steps that failed.

    Raises:
        InputError: If the file cannot be read, or is no undo file.
    """
    try:
        text = path.read_text("ascii")
        if json.dumps(_HEAD).startswith(text):
            return []  # killed before the first step
        head, *entries = [json.loads(line) for line in text.split("\n")[:-1]]
    except OSError as error:
        raise InputError(f"{printable(path)}: cannot be read: {error.strerror}") from error
    except ValueError:
        head = None
    if head != _HEAD:
        raise InputError(
            f"{printable(path)}: no undo file; name the undo_....jsonl in the folder that files "
            "were sorted into"
        )
    steps: list[Mapping[str, Any]] = []
    for entry in entries:
        if "void" in entry:
            steps.pop()
        else:
            steps.append(entry)
    return steps
