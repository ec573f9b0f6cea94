"""Files decoded ahead of the network, by processes of their own, and handed over in order."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from instrument_net.recognition.decoder_process import DecoderProcess
from instrument_net.recognition.file_windows import Part, Window, WindowReader

_FILES_AHEAD = 64  # files that have no windows, as those that cannot be read
_LOOK_S = 0.01


def decoded(
    reader: WindowReader, paths: Iterable[str | Path], *, workers: int, windows_ahead: int
) -> Generator[tuple[Path, Iterator[Part]], None, None]:
    """Yield every file with its parts, in order; take the parts of one before the next.

    Args:
        reader: How files are decoded.
        paths: Audio files.
        workers: Processes that decode while the caller works; 0: the caller's own decodes, when a
            part is taken.
        windows_ahead: About how many windows all of them hold ready.

    Raises:
        AudioError: From the parts of a file: it cannot be read, or not in ten minutes, or the
            process that decoded it ended, twice. Other files are not disturbed by it.
        InputError: If a process cannot be started.
    """
    if workers == 0:
        for path in map(Path, paths):
            yield path, reader.parts(path)
        return
    with closing(_Crew(reader, iter(paths), workers, windows_ahead)) as crew:
        yield from crew.files()


@dataclass
class _File:
    """A file on its way: what a thread puts in, the caller takes out."""

    path: Path
    room: threading.Semaphore
    parts: queue.SimpleQueue[Part | BaseException | None] = field(default_factory=queue.SimpleQueue)

    def taken(self) -> Iterator[Part]:
        while (part := self.parts.get()) is not None:
            if isinstance(part, BaseException):
                raise part
            if isinstance(part, Window) and part.waveform is not None:
                self.room.release()
            yield part


class _Crew:
    """A thread for each process: it hands out files in order, and takes windows in.

    No two wait for each other for ever. A thread waits when it holds its share of windows. It takes
    files in order, and so does the caller: whichever file the caller waits for, the thread that has
    it holds no window of an earlier one.
    """

    def __init__(
        self, reader: WindowReader, paths: Iterator[str | Path], workers: int, windows_ahead: int
    ) -> None:
        self._reader = reader
        self._paths = paths
        self._lock = threading.Lock()
        self._order: queue.Queue[_File | BaseException | None] = queue.Queue(_FILES_AHEAD)
        self._ended = threading.Event()
        share = max(2, math.ceil(windows_ahead / workers))
        self._rooms = [threading.Semaphore(share) for _ in range(workers)]
        self._n_left = workers
        self._threads = [
            threading.Thread(target=self._run, args=(room,), daemon=True) for room in self._rooms
        ]
        for thread in self._threads:
            thread.start()

    def files(self) -> Iterator[tuple[Path, Iterator[Part]]]:
        """Yield the files in order."""
        while (file := self._order.get()) is not None:
            if isinstance(file, BaseException):
                raise file
            yield file.path, file.taken()

    def close(self) -> None:
        """End the processes; what they hold is lost."""
        self._ended.set()
        for room in self._rooms:
            room.release()
        for thread in self._threads:
            while thread.is_alive():
                with suppress(queue.Empty):  # a thread may wait for a place in the order
                    self._order.get_nowait()
                thread.join(_LOOK_S)

    def _run(self, room: threading.Semaphore) -> None:
        process = DecoderProcess(self._reader, self._ended)
        try:
            while (file := self._next(room)) is not None:
                self._decode(file, process)
        except BaseException as error:  # of the iterator of paths: for the caller
            self._order.put(error)
        finally:
            process.close()
            with self._lock:
                self._n_left -= 1
                last = self._n_left == 0
            if last:
                self._order.put(None)

    def _next(self, room: threading.Semaphore) -> _File | None:
        with self._lock:
            path = None if self._ended.is_set() else next(self._paths, None)
            if path is None:
                return None
            file = _File(Path(path), room)
            self._order.put(file)
            return file

    def _decode(self, file: _File, process: DecoderProcess) -> None:
        try:
            for part in process.parts(file.path):
                if isinstance(part, Window) and part.waveform is not None:
                    file.room.acquire()
                if self._ended.is_set():
                    return
                file.parts.put(part)
        except BaseException as error:  # whatever it is, the caller waits for it
            file.parts.put(error)
        else:
            file.parts.put(None)
