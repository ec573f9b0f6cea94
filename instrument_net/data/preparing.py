"""Work that is done once for all processes: one of them does it, the others wait and find it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console

_LOCK = ".preparing.lock"


@contextmanager
def one_at_a_time(folder: str | Path) -> Iterator[None]:
    """Keep other processes from preparing the same folder meanwhile; wait while one does.

    The system frees the lock of a process that ends, however it ends. Where the file system has no
    locks, or the folder cannot be written, nobody waits: what is kept there is written whole or not
    at all, so that the work is done twice and nothing is damaged.

    Args:
        folder: What is prepared lies in it; made if it is missing.
    """
    with ExitStack() as held:
        with suppress(OSError, NotImplementedError):
            _take(FileLock(Path(folder) / _LOCK, fallback_to_soft=False), held)
        yield


def _take(lock: FileLock, held: ExitStack) -> None:
    try:
        held.enter_context(lock.acquire(blocking=False))
    except Timeout:
        with Console().status("Waiting for another process that prepares the same clips"):
            held.enter_context(lock.acquire())
