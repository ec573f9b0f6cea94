"""Ctrl-C and SIGTERM while a network is trained: what is kept, and how to continue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lightning.pytorch.utilities.exceptions import SIGTERMException
from rich.console import Console

from instrument_net.errors import INTERRUPTED, TERMINATED
from instrument_net.escaping import for_screen
from instrument_net.run_folder import RunFolder


@contextmanager
def ending_by_signal(console: Console, folder: RunFolder, continue_with: str) -> Iterator[None]:
    """Print one line and exit with 130 or 143 where Lightning stops because of a signal.

    Args:
        console: Where to print.
        folder: Of the run.
        continue_with: The command that continues the run.
    """
    try:
        yield
    except SystemExit as stop:
        by_keyboard = isinstance(stop.__context__, KeyboardInterrupt)
        if not by_keyboard and not isinstance(stop, SIGTERMException):
            raise
        kept = what_is_kept(folder, continue_with)
        console.print(for_screen(f"interrupted: {kept}"), highlight=False, soft_wrap=True)
        raise SystemExit(INTERRUPTED if by_keyboard else TERMINATED) from stop


def what_is_kept(folder: RunFolder, continue_with: str) -> str:
    """Return in words what is left of a run that has ended before its time.

    Args:
        folder: Of the run.
        continue_with: The command that continues it.
    """
    if not folder.last_checkpoint.is_file():
        return "no checkpoint was written yet, so there is nothing to continue from"
    written_at = _written_at(folder.last_checkpoint)
    return f"the checkpoint of {written_at} is kept; to continue: {continue_with}"


def _written_at(path: Path) -> str:
    return time.strftime("%H:%M:%S", time.localtime(path.stat().st_mtime))
