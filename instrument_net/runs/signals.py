"""Ctrl-C and SIGTERM while a network is trained: what is kept, and how to continue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lightning.pytorch.utilities.exceptions import SIGTERMException
from rich.console import Console

from instrument_net.errors import INTERRUPTED, TERMINATED
from instrument_net.escaping import for_screen
from instrument_net.run_folder import RunFolder


@dataclass(frozen=True)
class Continuation:
    """How a run goes on after it was interrupted.

    Attributes:
        command: As it is typed.
        needs_checkpoint: Whether it goes on from a checkpoint only. The command of a whole
            cross-validation or search goes on without one, too.
    """

    command: str
    needs_checkpoint: bool = True


@contextmanager
def ending_by_signal(
    console: Console, folder: RunFolder, continuation: Continuation
) -> Iterator[None]:
    """Print one line and exit with 130 or 143 where Lightning stops because of a signal.

    Args:
        console: Where to print.
        folder: Of the run.
        continuation: How the run goes on.
    """
    try:
        yield
    except SystemExit as stop:
        by_keyboard = isinstance(stop.__context__, KeyboardInterrupt)
        if not by_keyboard and not isinstance(stop, SIGTERMException):
            raise
        kept = what_is_kept(folder, continuation)
        console.print(for_screen(f"interrupted: {kept}"), highlight=False, soft_wrap=True)
        raise SystemExit(INTERRUPTED if by_keyboard else TERMINATED) from stop


def what_is_kept(folder: RunFolder, continuation: Continuation) -> str:
    """Return in words what is left of a run that has ended before its time.

    Args:
        folder: Of the run.
        continuation: How it goes on.
    """
    if folder.last_checkpoint.is_file():
        kept = f"the checkpoint of {_written_at(folder.last_checkpoint)} is kept"
    elif continuation.needs_checkpoint:
        return "no checkpoint was written yet, so there is nothing to continue from"
    else:
        kept = "no checkpoint was written yet"
    return f"{kept}; to continue: {continuation.command}"


def _written_at(path: Path) -> str:
    return time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime))
