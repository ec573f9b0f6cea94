"""The files that a run of predict writes as it goes, and is resumed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.growing_file import GrowingFile, give_name, part_of
from instrument_net.recognition.journal import (
    Entry,
    Journal,
    Kept,
    journal_of,
    n_unfinished,
    read_journal,
)
from instrument_net.recognition.listing import Listing, ListingWriter
from instrument_net.recognition.places import refusal

_LOCK = ".lock"  # held by the process that writes


@dataclass(frozen=True)
class Written:
    """One of the files.

    Attributes:
        place: Its name once it is complete.
        listing: What is written.
    """

    place: Path
    listing: Listing


class ResultFiles:
    """All files of a run. They grow as files are classified, and get their names at the end.

    Beside the first of them is a journal, where that one has a row a file: from it, a run that was
    killed is resumed. The system frees the lock of a process that ended, however it did.

    Args:
        files: What is written; none: nothing is.
        facts: What the results depend on, by the words of the command line.
        resume: Go on where an earlier run ended, if one did.

    Attributes:
        n_done: How many files are done, by an earlier run as well.
        is_complete: All of them were, before this run.

    Raises:
        InputError: If there is nothing that could be resumed; if an earlier run could be and is
            not; if it depended on something that is different now; if another process writes the
            same files; if one cannot be written.
    """

    def __init__(self, files: Sequence[Written], facts: Mapping[str, Any], *, resume: bool) -> None:
        self._written = files
        self._keeps_journal = resume
        self._locks: list[Any] = []
        self._journal: Journal | None = None
        self._kept: Kept | None = None
        self.n_done, self.is_complete = 0, False
        self._grown: list[GrowingFile] = []
        self._writers: list[ListingWriter] = []
        resumable = bool(files) and _is_resumable(files[0])
        if resume and not resumable:
            raise InputError("--resume needs --out with a file of the kind .csv, .json or .jsonl")
        try:
            for file in files:
                if _is_file(file.place) and (lock := _locked(file.place)):
                    self._locks.append(lock)
            if resumable:
                self._open_journal(journal_of(files[0].place), facts, resume=resume)
            if not self.is_complete:
                self._open_files()
        except BaseException:
            self.close()
            raise

    def earlier(self) -> Iterator[Entry]:
        """Yield the files that an earlier run did, in order."""
        if self._kept is not None:
            yield from self._kept.entries()

    def add(self, result: FilePrediction, *, drawn: bool) -> None:
        """Write what the network answers about the next file.

        Args:
            result: The answer.
            drawn: Whether there is a picture of it.

        Raises:
            InputError: If it cannot be written.
        """
        for writer in self._writers:
            writer.add(result)
        if self._journal is not None:
            sizes = tuple(file.size for file in self._grown)
            self._journal.note(Entry(result.answer, drawn, sizes))
        self.n_done += 1

    def complete(self) -> None:
        """End the files and give them their names.

        Raises:
            InputError: If that cannot be done.
        """
        for writer in self._writers:
            writer.end()
        if self._journal is not None:
            self._journal.note_complete()  # from here on, only names are missing
        for file in reversed(self._grown):
            file.complete()
        self._grown = []
        if self._journal is not None:
            self._journal.close(keep=self._keeps_journal)
            self._journal = None
        self.is_complete = True

    def close(self) -> None:
        """End without all files: what can be resumed stays, anything else is removed."""
        keep = self._journal is not None and self.n_done > 0
        for file in self._grown:
            file.close(keep=keep)
        if self._journal is not None:
            self._journal.close(keep=keep)
        for lock in self._locks:
            lock.release()
            with suppress(OSError):
                Path(lock.lock_file).unlink()
        self._grown, self._journal, self._locks = [], None, []

    def left_behind(self) -> str | None:
        """Return a line about what can be resumed; ``None`` if nothing can."""
        if self._journal is None or self.n_done == 0:
            return None
        part = printable(part_of(self._written[0].place))
        return f"{self.n_done} files are in {part}; the same command with --resume goes on"

    def _open_journal(self, path: Path, facts: Mapping[str, Any], *, resume: bool) -> None:
        places = [file.place for file in self._written]
        if not resume and (n := n_unfinished(path)):
            raise InputError(
                f"{printable(path)}: {n} files of a run that did not end are done; add --resume to "
                "go on with it, or remove this file to begin anew"
            )
        if resume and places[0].exists() and not path.exists():
            raise InputError(
                f"{printable(places[0])}: exists, and has no journal from which it could be "
                "resumed; remove it, or leave --resume out to write it anew"
            )
        if resume:
            self._kept = read_journal(path, facts, [part_of(place) for place in places])
        if self._kept is not None:
            self.n_done = self._kept.n_done
            self.is_complete = self._kept.is_complete
        if self.is_complete:
            for place in reversed(places):
                give_name(place)
                if not place.exists():
                    raise InputError(
                        f"{printable(place)}: was complete, and is gone; remove {printable(path)} "
                        "to begin anew"
                    )
            return
        self._journal = Journal(path, None if self._kept else facts)

    def _open_files(self) -> None:
        kept: Sequence[int | None] = [None] * len(self._written)
        if self._kept is not None:
            kept = self._kept.sizes
        for file, size in zip(self._written, kept, strict=True):
            grown = GrowingFile(file.place, kept=size)
            self._grown.append(grown)
            writer = ListingWriter(file.listing, grown.append, n_written=self.n_done)
            self._writers.append(writer)


def _is_resumable(file: Written) -> bool:
    return file.listing.at_once == 1 and _is_file(file.place)


def _is_file(place: Path) -> bool:
    """Return whether it is a file, or will be: no device or pipe."""
    return place.is_file() or not place.exists()


def _locked(place: Path) -> object:
    """Return the lock of a process that writes a file; ``None`` where a file system has none.

    Raises:
        InputError: If another process writes it.
    """
    from filelock import FileLock, Timeout  # late: --help comes without it

    lock = FileLock(place.with_name(place.name + _LOCK), blocking=False)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise InputError(
            f"{printable(place)}: another process is writing it; wait for its end, or name another "
            "file, as each --shard needs its own"
        ) from None
    except NotImplementedError:  # a file system without locks
        return None
    except OSError as error:
        raise refusal(place, error) from error
    return lock
