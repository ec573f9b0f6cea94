"""Many clips -> files, on all cores. Nothing here imports torch, so that workers start quickly."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import soundfile
from threadpoolctl import threadpool_limits

from instrument_net.synthesis.clip import render_clip
from instrument_net.synthesis.note import SAMPLE_RATE_HZ

Row = dict[str, str | int | float]


def render_files(
    folder: Path,
    *,
    classes: Sequence[str],
    individuals_per_class: int,
    clips_per_individual: int,
    seed: int,
    table: str = "kinds",
    n_workers: int | None = None,
) -> Iterator[list[Row]]:
    """Render every clip to a 16-bit file and yield the table rows, one individual at a time.

    Args:
        folder: Where ``audio/<label>/`` is created; paths in the rows are relative to it.
        classes: Names of instrument classes.
        individuals_per_class: Instruments of each class.
        clips_per_individual: Clips of each instrument.
        seed: Another seed gives other instruments and other clips.
        table: The table of instruments, a key of ``synthesis.TABLES``.
        n_workers: Processes; default: one per core. The files do not depend on it.
    """
    jobs = [(label, individual) for label in classes for individual in range(individuals_per_class)]
    for label in classes:
        (folder / "audio" / label).mkdir(parents=True, exist_ok=True)
    render = partial(_render_individual, folder, clips_per_individual, seed, table)
    n_workers = n_workers or os.cpu_count() or 1
    if n_workers == 1:
        with threadpool_limits(1):
            yield from map(render, jobs)
        return
    # Forked from a clean server process: a plain fork would copy a parent full of torch's threads.
    context = get_context("forkserver" if os.name == "posix" else "spawn")
    with ProcessPoolExecutor(n_workers, mp_context=context, initializer=_one_thread) as pool:
        with _without_main():
            individuals = pool.map(render, jobs, chunksize=2)  # starts the processes
        yield from individuals


def _one_thread() -> None:
    """Keep the matrix library to one thread: more would change the last bit of sums.

    To be called in a worker: a function of this module, because that loads the library first, and
    only what is loaded is limited.
    """
    threadpool_limits(1)


@contextmanager
def _without_main() -> Iterator[None]:
    """Start processes that do not import the program's main file.

    They need nothing of it, and where it does its work without ``if __name__ == "__main__"``, or
    comes from standard input, importing it would end them.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _render_individual(
    folder: Path, n_clips: int, seed: int, table: str, job: tuple[str, int]
) -> list[Row]:
    label, individual = job
    rows: list[Row] = []
    for clip in range(n_clips):
        waveform, metadata = render_clip(
            label, individual=individual, clip=clip, seed=seed, table=table
        )
        name = f"{metadata.instrument_id}_m{metadata.pitch_midi:03d}_{metadata.dynamic}_{clip:02d}"
        path = f"audio/{label}/{name}.wav"
        soundfile.write(folder / path, waveform, SAMPLE_RATE_HZ, subtype="PCM_16")
        rows.append({"path": path, **asdict(metadata)})
    return rows
