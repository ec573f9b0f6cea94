"""Parts of a pack -> processes that write them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from itertools import islice
from multiprocessing.context import BaseContext

from instrument_net.data.packed.place import Place
from instrument_net.pack.part import PartRecord, write_part
from instrument_net.pack.plan import Part

_CONTEXT: BaseContext = multiprocessing.get_context("spawn")  # a fork would copy held locks
_WAITING = 2  # parts a process that are handed out before they are begun


def write_parts(
    parts: Iterable[Part], place: Place, *, sample_rate_hz: int, num_samples: int, workers: int
) -> Iterator[tuple[Part, PartRecord]]:
    """Write parts, and yield each as soon as it is written.

    Args:
        parts: In any order.
        place: Of the pack.
        sample_rate_hz: Rate that clips are resampled to.
        num_samples: Length that they are cut to.
        workers: Number of processes; with one, it is this one.
    """
    write = partial(
        write_part,
        place=place,
        sample_rate_hz=sample_rate_hz,
        num_samples=num_samples,
        n_threads=max(1, (os.cpu_count() or 1) // workers),
    )
    if workers == 1:
        for part in parts:
            yield part, write(part)
        return
    waiting = iter(parts)
    with ProcessPoolExecutor(workers, _CONTEXT, initializer=_end_with_parent) as pool:
        begun: dict[Future[PartRecord], Part] = {}
        try:
            while True:
                for part in islice(waiting, _WAITING * workers - len(begun)):
                    begun[pool.submit(write, part)] = part
                if not begun:
                    return
                for done in wait(begun, return_when=FIRST_COMPLETED).done:
                    yield begun.pop(done), done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed: it would wait for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
