"""Contenders in separate processes, timed in turns (A B A B), so that noise affects all alike."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd
from rich.progress import track

Work = Callable[[], float]
"""One timed turn; returns the number of clips that it processed."""

CONTEXT = get_context("spawn")  # a contender inherits neither memory nor threads
_PAUSE_S = 0.2  # the previous contender's threads may still be spinning


@dataclass(frozen=True)
class Contender:
    """One way of doing the same work.

    Attributes:
        name: Shown in the table.
        build: Called once in the contender's own process, which has imported nothing heavy yet.
        options: Keyword arguments of ``build``; all must be picklable.
    """

    name: str
    build: Callable[..., Work]
    options: Mapping[str, Any] = field(default_factory=dict)


def compete(contenders: Sequence[Contender], *, repeats: int) -> pd.DataFrame:
    """Time contenders in turns.

    Each is built in a spawned process and does one untimed turn to warm up.

    Args:
        contenders: The others are compared with the first.
        repeats: Timed turns of each.

    Returns:
        One row per contender: ``ms_per_clip`` (median of the turns), ``ratio`` (median over the
        rounds of its time over the first contender's in the same round), ``clips_per_s``,
        ``peak_mib`` (of the whole process), ``start_s`` (building and warming up) and ``note``. One
        that cannot be built because a package is missing has a note and no measurements.
    """
    pipes, processes, starts = {}, [], {}
    for contender in contenders:
        ours, theirs = CONTEXT.Pipe()
        process = CONTEXT.Process(target=_serve, args=(theirs, contender), daemon=True)
        process.start()
        theirs.close()
        starts[contender.name] = ours.recv()  # one after the other: they would disturb each other
        if isinstance(starts[contender.name], float):
            pipes[contender.name] = ours
            processes.append(process)
    times: dict[str, list[float]] = {name: [] for name in pipes}
    for _ in track(range(repeats), "Measuring", disable=not sys.stderr.isatty()):
        for name, pipe in pipes.items():
            time.sleep(_PAUSE_S)
            pipe.send("turn")
            times[name].append(pipe.recv())
    peaks = {}
    for name, pipe in pipes.items():
        pipe.send("end")
        peaks[name] = pipe.recv()
    for process in processes:
        process.join()
    rows = [_row(contender.name, starts, times, peaks) for contender in contenders]
    first = contenders[0].name
    for row in rows:
        if first in times and row["contender"] in times:
            pairs = zip(times[row["contender"]], times[first], strict=True)
            row["ratio"] = statistics.median(mine / base for mine, base in pairs)
    return pd.DataFrame(rows).set_index("contender")


def _row(
    name: str,
    starts: Mapping[str, float | str],
    times: Mapping[str, list[float]],
    peaks: Mapping[str, float],
) -> dict[str, Any]:
    if name not in times:
        return {"contender": name, "note": starts[name]}
    seconds = statistics.median(times[name])
    return {
        "contender": name,
        "ms_per_clip": 1e3 * seconds,
        "ratio": float("nan"),
        "clips_per_s": 1 / seconds,
        "peak_mib": peaks[name],
        "start_s": starts[name],
        "note": "",
    }


def _serve(pipe: Connection, contender: Contender) -> None:
    start_s = time.perf_counter()
    try:
        work = contender.build(**contender.options)
        work()
    except ImportError as error:
        pipe.send(f"left out: {error}")
        return
    pipe.send(time.perf_counter() - start_s)
    while pipe.recv() == "turn":
        begin_s = time.perf_counter()
        clips = work()
        pipe.send((time.perf_counter() - begin_s) / clips)
    pipe.send(peak_memory_mib())


def peak_memory_mib() -> float:
    """Return the peak memory of this process in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
