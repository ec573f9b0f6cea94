"""A process that decodes files, and may hang or end on one without harm to the others."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from instrument_net.audio import AudioError
from instrument_net.errors import InputError
from instrument_net.recognition.file_windows import Part, WindowReader

PATIENCE_S = 600.0  # for the next window: a slow network drive may need some of it
_START_S = 600.0  # PyTorch is imported
_LOOK_S = 0.2  # how often a wait looks whether all is to end
_ATTEMPTS = 2


@cache
def context() -> SpawnContext | ForkServerContext:
    """Return how processes are started: in no case as forks of this one, whose threads they lack.

    On Linux, they are forks of a process that has imported what they need, and nothing else: they
    start at once, and share that memory.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([__name__])
    return forks


class _EndedError(Exception):
    """The process is no longer there; with its exit status, where it has one."""


class DecoderProcess:
    """A process of its own for :meth:`WindowReader.parts`, started when it is needed.

    Args:
        reader: How files are decoded.
        ended: Set when all work is to end.
    """

    def __init__(self, reader: WindowReader, ended: threading.Event) -> None:
        self._reader = reader
        self._ended = ended
        self._running: tuple[BaseProcess, Connection] | None = None

    def parts(self, path: Path) -> Iterator[Part]:
        """Yield the parts of a file; no more of them once all work is to end.

        A file over which the process ends, as by a fault of a decoder, is decoded once more by
        another one.

        Raises:
            AudioError: If the file cannot be read; if no part comes for ten minutes; if two
                processes ended over it.
            InputError: If no process can be started.
        """
        n_parts = 0
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                for k, part in enumerate(self._parts(path, self._start())):
                    if k >= n_parts:  # the others were handed over before the process ended
                        n_parts += 1
                        yield part
                return
            except _EndedError:
                code = self._end()
                if self._ended.is_set():
                    return
                if attempt == _ATTEMPTS:
                    raise AudioError(f"{path}: {_described(code)}; export it again") from None

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._running is not None:
            process, connection = self._running
            self._running = None
            connection.close()
            process.kill()

    def _start(self) -> Connection:
        if self._running is not None:
            return self._running[1]
        try:
            ours, theirs = context().Pipe()
            process = context().Process(target=_serve, args=(theirs, self._reader), daemon=True)
            process.start()
            self._running = process, ours
            theirs.close()
            self._receive(ours, _START_S)
        except (_EndedError, TimeoutError, OSError) as error:
            self.close()
            if self._ended.is_set():
                raise _EndedError from error
            raise InputError(
                f"no process that decodes files can be started: {error or 'it ends at once'}; "
                "take fewer --workers"
            ) from error
        return ours

    def _end(self) -> int | None:
        """Give up a process that ended, and return its exit status; ``None``: it was given up."""
        if self._running is None:
            return None
        process, _ = self._running
        process.join(_LOOK_S)
        code = process.exitcode
        self.close()
        return code

    def _parts(self, path: Path, connection: Connection) -> Iterator[Part]:
        try:
            connection.send(path)
        except OSError as error:
            raise _EndedError from error
        try:
            while (part := self._receive(connection, PATIENCE_S)) is not None:
                if isinstance(part, str):
                    raise AudioError(part)
                yield part
        except TimeoutError as error:
            self.close()
            raise AudioError(f"{path}: {error}; export it again, or to a local disk") from None

    def _receive(self, connection: Connection, patience_s: float) -> Part | str | None:
        latest_s = time.monotonic() + patience_s
        try:
            while not connection.poll(_LOOK_S):
                if self._ended.is_set():
                    raise _EndedError
                if time.monotonic() > latest_s:
                    raise TimeoutError(f"nothing was decoded for {patience_s:g} s")
            received: Part | str | None = connection.recv()
        except TimeoutError:
            raise
        except (EOFError, OSError) as error:
            raise _EndedError from error
        return received


def _described(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        known = {each.value: each.name for each in signal.Signals}
        how = f"was ended by {known.get(-exit_code, -exit_code)}"
    else:
        how = f"ended with status {exit_code}"
    return f"the process that decoded it {how}, twice"


def _serve(connection: Connection, reader: WindowReader) -> None:
    """Decode what is asked for, until the other end is closed; what is sent last is ``None``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the first process ends this
    import torch

    torch.set_num_threads(1)  # the network has the others
    with suppress(EOFError, OSError):  # the first process has ended
        connection.send(None)
        while True:
            path = connection.recv()
            try:
                for part in reader.parts(path):
                    connection.send(part)
                connection.send(None)
            except AudioError as error:
                connection.send(str(error))
