"""Processes that try cases: kept alive over many, replaced where a case ends or hangs them."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

import torch

from benchmarks.fuzz.kinds import kind_named
from benchmarks.fuzz.limits import (
    LONGEST_S,
    MOST_BYTES,
    STOPPED_AFTER_S,
    limit_addresses,
    most_resident_bytes,
    resident_bytes,
)
from benchmarks.fuzz.trial import ANYTHING_ELSE, Answer, answer_to

_START_S = 300.0  # what a process may take until it is ready, where other work occupies the cores
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["benchmarks.fuzz.preloaded"])


@dataclass(frozen=True)
class Order:
    """Which cases a process tries."""

    kind: str
    seed: int


def answer_of(order: Order, number: int, kind: object, folder: Path) -> Answer:
    """Make one case in an empty folder, try it, and return how it was answered."""
    random = Random(f"{order.seed} {order.kind} {number}")
    before, here = resident_bytes(), Path.cwd()
    os.chdir(folder)
    start = time.process_time()  # other work on the machine is no fault of a case
    try:
        trial = kind.trial(random, folder)  # type: ignore[attr-defined]
        answer = answer_to(trial)
    finally:
        os.chdir(here)
    taken_s, taken_bytes = time.process_time() - start, most_resident_bytes() - before
    if taken_s > LONGEST_S:
        return Answer(ANYTHING_ELSE, f"took {taken_s:.0f} s of processor time [{trial.made}]")
    if taken_bytes > MOST_BYTES:
        return Answer(ANYTHING_ELSE, f"took {taken_bytes / 2**30:.1f} GiB [{trial.made}]")
    return answer


def answers(order: Order, numbers: Iterable[int], n_workers: int) -> Iterator[tuple[int, Answer]]:
    """Yield the number of each case and its answer, as they come.

    Args:
        order: Which kind of cases, from which seed.
        numbers: Of the cases.
        n_workers: Processes.
    """
    waiting = iter(numbers)
    workers = [_Worker(order) for _ in range(n_workers)]
    try:
        busy = [worker for worker in workers if worker.take(next(waiting, None))]
        while busy:
            timeout = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
            ready = wait([worker.connection for worker in busy], timeout)
            for worker in busy:
                if worker.connection not in ready and time.monotonic() < worker.deadline:
                    continue
                number = worker.number
                answer = worker.answer()
                if answer is None:  # it has just become ready
                    continue
                assert number is not None
                yield number, answer
                worker.take(next(waiting, None))
            busy = [worker for worker in busy if worker.number is not None]
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """A process, and the case that it tries."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.number: int | None = None
        self._start()

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz_"))
        self.connection, other = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(self._order, self._folder, other))
        self._process.start()
        other.close()
        self._ready = False
        self.deadline = time.monotonic() + _START_S

    def take(self, number: int | None) -> bool:
        """Try a case next; return whether there is one."""
        self.number = number
        if self._ready and number is not None:
            self._send(number)
        return number is not None

    def answer(self) -> Answer | None:
        """Return the answer to the case, or how the process ended; ``None``: it is ready now."""
        try:
            if self.connection.poll():
                received: Answer | None = self.connection.recv()
                if received is not None:
                    return received
                self._ready = True
                assert self.number is not None
                self._send(self.number)
                return None
            words = f"not answered after {STOPPED_AFTER_S:.0f} s"
        except (EOFError, OSError):
            self._process.join()
            words = f"the process ended with status {self._process.exitcode}"
        self.end()
        if not self._ready:
            raise RuntimeError(f"a worker for {self._order.kind} cannot start: {words}")
        self._start()
        return Answer(ANYTHING_ELSE, words)

    def end(self) -> None:
        """Stop the process and remove its files."""
        self._process.kill()
        self._process.join()
        self.connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _send(self, number: int) -> None:
        self.deadline = time.monotonic() + STOPPED_AFTER_S
        self.connection.send(number)


def _work(order: Order, folder: Path, connection: Connection) -> None:
    """Try cases as they are asked for, until the process is stopped."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # decoders in C print there
        os.dup2(nowhere, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    torch.set_num_threads(1)  # threads of many workers would wait for each other
    common = folder / "common"
    common.mkdir()
    kind = kind_named(order.kind)(common)
    limit_addresses()
    connection.send(None)
    while True:
        number = connection.recv()
        case = folder / f"case_{number}"
        case.mkdir()
        try:
            connection.send(answer_of(order, number, kind, case))
        finally:
            shutil.rmtree(case, ignore_errors=True)
