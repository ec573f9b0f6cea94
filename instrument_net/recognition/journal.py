"""What a run has written so far, a line a file: from it, the run is resumed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.recognition.answer import Answer
from instrument_net.recognition.places import refusal

ENDING = ".journal"
_KIND = {"kind": "instrument_net predict journal", "version": 1}
_COMPLETE = "complete"
_N_OF_ANSWER = 4  # values of a line, before the sizes


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that is done.

    Attributes:
        answer: What it was named.
        drawn: Whether there is a picture of it.
        sizes: How many bytes each file of results had then.
    """

    answer: Answer
    drawn: bool
    sizes: tuple[int, ...]


class Journal:
    """A journal that is being written: ``NAME.journal`` beside the results.

    A line is written after the results of its file. Whenever the process is killed, the results are
    at least as long as the last whole line says; what is longer is cut off.

    Args:
        path: Its place.
        facts: What the results depend on, as plain values. ``None``: the journal is resumed.

    Raises:
        InputError: If it cannot be written.
    """

    def __init__(self, path: Path, facts: Mapping[str, Any] | None) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab" if facts is None else "wb", buffering=0)
        except OSError as error:
            raise refusal(path, error) from error
        if facts is not None:
            self._write({**_KIND, "facts": facts})

    def note(self, entry: Entry) -> None:
        """Write down that a file is done.

        Raises:
            InputError: If it cannot be written.
        """
        answer = entry.answer
        line = [str(answer.path), answer.label, answer.probability, entry.drawn, *entry.sizes]
        self._write(line)

    def note_complete(self) -> None:
        """Write down that all files are done, and that the results only lack their names.

        Raises:
            InputError: If it cannot be written.
        """
        self._write(_COMPLETE)

    def close(self, *, keep: bool) -> None:
        """End it; it is kept, or removed."""
        self._file.close()
        if not keep:
            self.path.unlink(missing_ok=True)

    def _write(self, value: object) -> None:
        content = json.dumps(value).encode("ascii") + b"\n"  # other bytes of names are spelled out
        try:
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            raise refusal(self.path, error) from error


@dataclass(frozen=True)
class Kept:
    """A journal of an earlier run.

    Attributes:
        path: The file.
        n_done: How many files are done.
        sizes: How many bytes each file of results has with them; empty: none is done.
        is_complete: All files are done.
    """

    path: Path
    n_done: int
    sizes: tuple[int, ...]
    is_complete: bool

    def entries(self) -> Iterator[Entry]:
        """Yield the files that are done, in order."""
        with self.path.open("rb") as file:
            next(file)
            for line in islice(file, self.n_done):
                path, label, probability, drawn, *sizes = json.loads(line)
                yield Entry(Answer(Path(path), label, probability), drawn, tuple(sizes))


def journal_of(place: Path) -> Path:
    """Return the place of the journal of results."""
    return place.with_name(place.name + ENDING)


def read_journal(path: Path, facts: Mapping[str, Any], parts: Sequence[Path]) -> Kept | None:
    """Read the journal of an earlier run, and cut off what was half written.

    Args:
        path: The journal.
        facts: What the results depend on now.
        parts: The files of results, before they are complete. A file that is done, but missing in a
            part, as after the machine lost its power, is not done.

    Returns:
        ``None`` if there is none, or no file was done.

    Raises:
        InputError: If it is no journal, or the results depend on something that is different now.
    """
    try:
        with path.open("rb") as file:
            head = file.readline()
            if not head.endswith(b"\n"):
                return None  # killed before its first line was whole
            _check_head(path, head, facts)
            if _is_complete(file):
                file.seek(len(head))
                return Kept(path, sum(1 for _ in file) - 1, (), is_complete=True)
            file.seek(len(head))
            sizes = [part.stat().st_size if part.exists() else 0 for part in parts]
            n_done, last, end = _scan(file, len(head), sizes)
        os.truncate(path, end)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{printable(path)}: cannot be read: {error.strerror}") from error
    return Kept(path, n_done, last, is_complete=False) if n_done else None


def n_unfinished(path: Path) -> int:
    """Return how many files are done of a run that did not end; 0 without such a run.

    Raises:
        InputError: If the journal cannot be read.
    """
    try:
        with path.open("rb") as file:
            if _is_complete(file):
                return 0
            file.seek(0)
            return max(0, sum(1 for _ in file) - 1)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise InputError(f"{printable(path)}: cannot be read: {error.strerror}") from error


def _is_complete(file: BinaryIO) -> bool:
    line = json.dumps(_COMPLETE).encode("ascii") + b"\n"
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - len(line)))
    return file.read() == line


def _scan(
    lines: Iterable[bytes], end: int, sizes: Sequence[int]
) -> tuple[int, tuple[int, ...], int]:
    """Return how many lines count, what the last one says, and where it ends."""
    n_done, last = 0, ()
    for line in lines:
        try:
            ends = tuple(json.loads(line)[_N_OF_ANSWER:]) if line.endswith(b"\n") else ()
        except ValueError:
            break
        if not ends or any(wanted > size for wanted, size in zip(ends, sizes, strict=True)):
            break
        n_done, last, end = n_done + 1, ends, end + len(line)
    return n_done, last, end


def _check_head(path: Path, line: bytes, facts: Mapping[str, Any]) -> None:
    head: Any = None
    with suppress(ValueError):
        head = json.loads(line)
    if not isinstance(head, dict) or {key: head.get(key) for key in _KIND} != _KIND:
        raise InputError(f"{printable(path)}: no journal of predict; name another --out")
    for key, now in json.loads(json.dumps(facts)).items():
        if (then := head["facts"].get(key)) != now:
            then, now = ("none" if each is None else each for each in (then, now))
            raise InputError(
                f"{printable(path)}: these results began with {key} {then}, now it is {now}; "
                "resume them with what they began with, or name another --out"
            )
