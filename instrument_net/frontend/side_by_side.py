"""Clips side by side on all cores, each on one thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar, cast

import torch

_Clip = TypeVar("_Clip")
_Result = TypeVar("_Result")

# As many threads -> those threads; a process that was forked has none of its parent's.
_POOLS: dict[int, ThreadPoolExecutor] = {}
_LOCK = threading.Lock()


def side_by_side(work: Callable[[_Clip], _Result], clips: Sequence[_Clip]) -> list[_Result]:
    """Return ``work(clip)`` of every clip, in their order, as one thread computes it.

    As many clips at a time as PyTorch has threads (``torch.get_num_threads()``), each on one thread
    of a pool: PyTorch would otherwise divide every operation on a clip among all threads, which
    wait for each other after each of them, and whose number changes the last digit of a sum. With a
    single thread, the caller's, there is no pool. The caller's modes of PyTorch (gradients,
    inference) hold in all threads; others, such as autocast, do not.

    Args:
        work: Called from several threads at once.
        clips: What it is called with.

    Raises:
        Exception: The first that ``work`` raised.
    """
    n_threads = torch.get_num_threads()
    if n_threads == 1:
        return [work(clip) for clip in clips]
    gradients, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
    results: list[_Result | None] = [None] * len(clips)
    rest = enumerate(clips)

    def work_on_what_is_left() -> None:
        # In this order: inference_mode sets the mode of gradients, too.
        with torch.inference_mode(inference), torch.set_grad_enabled(gradients):
            for index, clip in rest:  # each is taken by one thread, the first that is free
                results[index] = work(clip)

    pool = _pool(n_threads)
    tasks = [pool.submit(work_on_what_is_left) for _ in range(min(n_threads, len(clips)))]
    wait(tasks)  # also where one has failed: the others work on what the caller gave
    for task in tasks:
        task.result()
    return cast("list[_Result]", results)


def _pool(n_threads: int) -> ThreadPoolExecutor:
    with _LOCK:
        if n_threads not in _POOLS:
            _POOLS[n_threads] = _started_pool(n_threads)
        return _POOLS[n_threads]


def _started_pool(n_threads: int) -> ThreadPoolExecutor:
    """Return a pool whose threads all run, each of which divides no operation further."""
    everybody = threading.Barrier(n_threads + 1)

    def take_one_thread() -> None:
        torch.get_num_threads()  # the first question sets the number, and would undo the next line
        torch.set_num_threads(1)  # of this thread, and of those that ask for the first time
        everybody.wait()

    pool = ThreadPoolExecutor(n_threads, "clip", initializer=take_one_thread)
    for _ in range(n_threads):
        pool.submit(int)
    everybody.wait()
    torch.set_num_threads(n_threads)  # of this thread, as before, and of those that ask later
    return pool


def _forget_the_parent_s_threads() -> None:
    _POOLS.clear()
    _LOCK.release()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(
        before=_LOCK.acquire,
        after_in_parent=_LOCK.release,
        after_in_child=_forget_the_parent_s_threads,
    )
