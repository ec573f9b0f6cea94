"""Work that several processes share: each piece is done by the process that claims it.

Two locks stand for a claim, because each is blind to something:

- one of the system, which frees it when the process ends, however it ends, and not while the
  process is only stopped; on some file systems of clusters (Lustre with ``localflock``, BeeGFS by
  default), another node does not see it;
- a lease, a file that says who works and whose time stamp is renewed. Every node sees it. That of a
  dead process is taken over: at once on the same machine, where the process can be looked up by
  number and start time; from another machine once it has not been renewed for :data:`LEASE_S`.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self, TypeVar

from filelock import FileLock, LeaseCompromise, SoftFileLease, Timeout
from rich.console import Console

from instrument_net.errors import CLAIM_LOST, INTERRUPTED
from instrument_net.escaping import error_line, for_screen
from instrument_net.run_folder import CLAIM, LOCK

# An NFS server that restarts keeps its clients waiting for some 90 s: a lease outlives that, and a
# process that renews it late. Most folds of networks worth sharing take longer.
LEASE_S = 300.0
RENEWED_EVERY_S = 15.0
LOOKS_EVERY_S = 2.0
_LOOKS_AGAIN_S = 0.1  # where the other process needs seconds
_SILENT_S = 5.0

Piece = TypeVar("Piece")


class Claim:
    """The right to work in a folder, which one process at a time has.

    A process that loses a claim ends with status 4, before it writes anything into the folder of
    another: it was stopped for longer than a lease, or its folder was deleted.

    Args:
        folder: Made when the claim is taken.
        what: Names the work, for messages: ``fold 3``.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self.what = what
        self._folder = folder
        self._lock = FileLock(folder / LOCK, blocking=False, fallback_to_soft=False)
        self._lease = SoftFileLease(
            folder / CLAIM,
            blocking=False,
            lease_duration=LEASE_S,
            heartbeat_interval=RENEWED_EVERY_S,
            on_compromise=self._end,
        )

    def take(self) -> bool:
        """Take the claim, or return false: another process has it.

        A lease counts as unattended from the first look on: one object has to do all of them.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            if error.errno not in (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK):
                raise  # else a file system without locks: the lease stands alone
        try:
            self._lease.acquire()
        except Timeout:
            self._lock.release()
            return False
        return True

    def release(self) -> None:
        """Give the claim back."""
        self._lease.release()
        self._lock.release()

    @property
    def holder(self) -> str:
        """Who has the claim, in words."""
        owner = self._lease.owner
        if owner is None:
            return "another process"
        # What follows the question mark tells containers of one machine apart.
        return f"process {owner.pid} on {owner.hostname.partition('?')[0]}"

    def __enter__(self) -> Self:
        """Take the claim of a work of seconds, waiting for it."""
        since: float | None = time.monotonic()
        while not self.take():
            if since is not None and time.monotonic() - since > _SILENT_S:
                since = None
                say_waiting([self], Console())
            time.sleep(_LOOKS_AGAIN_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the claim back."""
        self.release()

    def _end(self, lost: LeaseCompromise) -> None:
        """End the process, from the thread that renews the lease: nothing more may be written."""
        reason = (
            f"{self._folder}: this process has lost its claim on {self.what} ({lost.reason}): it "
            f"gave no sign of life for {LEASE_S:.0f} s, or the folder was deleted. It ends here; "
            "the same command goes on"
        )
        Console(stderr=True).print(error_line(reason), highlight=False, soft_wrap=True)
        sys.stderr.flush()
        os._exit(CLAIM_LOST)


def share(
    pieces: Sequence[Piece],
    claims: Mapping[Piece, Claim],
    *,
    is_done: Callable[[Piece], bool],
    work: Callable[[Piece], None],
    console: Console,
) -> None:
    """Do every piece of work that no other process does; return when all are done, by whomever.

    The first piece that is free comes first. Where all that are left are claimed, the process
    waits, says for whom, and takes over what a dead one leaves.

    Args:
        pieces: In the order of the work.
        claims: Piece -> its claim.
        is_done: Whether a piece has been done, now or before, here or elsewhere.
        work: Does a piece, so that it counts as done.
        console: Where to say what is waited for.
    """
    waits_for = None
    while left := [piece for piece in pieces if not is_done(piece)]:
        if any(_done_here(piece, claims[piece], is_done, work) for piece in left):
            continue
        if left != waits_for:
            waits_for = left
            say_waiting([claims[piece] for piece in left], console)
        look_again_later(console)


def is_there(path: Path) -> bool:
    """Return whether there is a file, as of now.

    An NFS client may answer for a minute, from memory, that there is none; that it writes into the
    folder itself makes it ask.
    """
    if path.is_file():
        return True
    with suppress(OSError), TemporaryFile(dir=path.parent):
        pass
    return path.is_file()


def _done_here(
    piece: Piece, claim: Claim, is_done: Callable[[Piece], bool], work: Callable[[Piece], None]
) -> bool:
    """Do a piece of work if it is free; return false if another process has it."""
    if not claim.take():
        return False
    try:
        if not is_done(piece):  # by the process that had the claim until now
            work(piece)
    finally:
        claim.release()
    return True


def look_again_later(console: Console) -> None:
    """Wait for other processes a little; Ctrl-C ends this one with one line and status 130."""
    try:
        time.sleep(LOOKS_EVERY_S)
    except KeyboardInterrupt:
        console.print("interrupted while waiting; the other processes go on")
        raise SystemExit(INTERRUPTED) from None


def say_waiting(claims: Sequence[Claim], console: Console) -> None:
    """Say which work is waited for, and who does it."""
    work = ", ".join(f"{claim.what} ({claim.holder})" for claim in claims)
    text = f"waiting for {work}; Ctrl-C ends this process alone"
    console.print(for_screen(text), highlight=False, soft_wrap=True)
