"""The processes of a run end together: none goes on, or waits for ever, where another was lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from subprocess import Popen
from typing import Any
from unittest.mock import patch

import lightning
import torch
from lightning.pytorch.strategies.launchers import subprocess_script
from rich.console import Console

from instrument_net.errors import (
    INTERRUPTED,
    PROCESS_LOST,
    TERMINATED,
    WRONG_INPUT_STATUS,
    InputError,
)
from instrument_net.escaping import error_line
from instrument_net.runs.processes import MAIN_PID, further_process, is_started_by_lightning

_LOOKS_EVERY_S = 0.5
_ENDS_WITHIN_S = 3.0
_IN_PLACE_OF_LIGHTNINGS: dict[str, Any] = {
    "_launch_process_observer": lambda _: None,  # it would kill this process without a word
    "_hydra_subprocess_cmd": further_process,
}


def end_with_the_first() -> None:
    """End this process as soon as the one that started it has ended, if that was Lightning's doing.

    Ctrl-C reaches all processes of a terminal; the first one answers it for all.
    """
    if not is_started_by_lightning():
        os.environ[MAIN_PID] = str(os.getpid())
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _watch(lambda: PROCESS_LOST if _is_left_alone() else None)


def _is_left_alone() -> bool:
    """Return whether the process that started this one, for Lightning, has ended."""
    return is_started_by_lightning() and os.getppid() != int(os.environ[MAIN_PID])


@contextmanager
def telling_once(rank: int) -> Iterator[None]:
    """Let the first process tell what is wrong, where it is wrong for all of them.

    Args:
        rank: Number of this process. Any but the first waits until the first one would have ended
            it; then the fault is its own, and it tells it.
    """
    try:
        yield
    except InputError:
        if rank > 0:
            time.sleep(_ENDS_WITHIN_S)
        raise


@contextmanager
def ending_together(trainer: lightning.Trainer, kept: Callable[[], str]) -> Iterator[None]:
    """End with one line where another process of the run has ended before its time.

    Args:
        trainer: Of the run, before it trains.
        kept: Returns what is kept, and how to continue.

    Raises:
        SystemExit: With the status of wrong input if that is what ended the other one, or with
            that of a lost process.
    """
    if trainer.world_size == 1:
        yield
        return
    said = threading.Lock()

    def say() -> None:
        if said.acquire(blocking=False):
            reason = "another process of this run has ended before its time"
            line = error_line(f"{reason}; {kept()}")
            Console(stderr=True).print(line, highlight=False, soft_wrap=True)

    stop = _watch(lambda: _failed(_started_by(trainer)), say)
    try:
        with patch.multiple(subprocess_script, **_IN_PLACE_OF_LIGHTNINGS):
            yield
    except RuntimeError as error:
        status = _status_behind(error, trainer)
        if status is None:
            raise
        if trainer.global_rank > 0 and not _is_left_alone():
            time.sleep(_ENDS_WITHIN_S)  # the first process tells it, and ends this one
        say()
        _end_all(_started_by(trainer))
        raise SystemExit(status) from error
    finally:
        stop()


def _watch(
    status_of: Callable[[], int | None], say: Callable[[], None] = lambda: None
) -> Callable[[], None]:
    """Look every half a second, and end this process with a status once there is one.

    Args:
        status_of: Returns the status to end with, ``None`` while all is well.
        say: Called before.

    Returns:
        What to call so that nobody looks any more.
    """
    stopped = threading.Event()

    def look() -> None:
        while not stopped.wait(_LOOKS_EVERY_S):
            status = status_of()
            # Looked at twice: this process may be about to end all of them itself.
            if status is not None and not stopped.wait(_LOOKS_EVERY_S):
                say()
                sys.stderr.flush()
                os._exit(status)  # the main thread may wait for the lost process, for ever

    threading.Thread(target=look, daemon=True, name="companions").start()
    return stopped.set


def _started_by(trainer: lightning.Trainer) -> list[Popen[bytes]]:
    return list(getattr(trainer.strategy.launcher, "procs", []))


def _failed(processes: list[Popen[bytes]]) -> int | None:
    """Return the status to end with if one of the processes has failed."""
    failed = {process.poll() for process in processes} - {None, 0, INTERRUPTED, TERMINATED}
    if not failed:
        return None
    _end_all(processes)
    return WRONG_INPUT_STATUS if WRONG_INPUT_STATUS in failed else PROCESS_LOST


def _end_all(processes: list[Popen[bytes]]) -> None:
    for process in processes:
        process.kill()


def _status_behind(error: RuntimeError, trainer: lightning.Trainer) -> int | None:
    """Return the status to end with if a lost process is what broke a collective operation."""
    deadline = time.monotonic() + _ENDS_WITHIN_S
    while _started_by(trainer) and time.monotonic() < deadline:
        status = _failed(_started_by(trainer))
        if status is not None:
            return status
        time.sleep(_LOOKS_EVERY_S / 10)
    broken = isinstance(error, torch.distributed.DistError) or "gloo" in str(error).lower()
    return PROCESS_LOST if broken else None
