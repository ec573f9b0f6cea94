"""Many clips -> files, on all cores. Nothing here imports torch, so that workers start quickly."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path

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
    # One process per core is enough: threads of the matrix library would only compete for the cores
    # and change the last bit of sums.
    one_thread = partial(threadpool_limits, 1)
    if n_workers == 1:
        with one_thread():
            yield from map(render, jobs)
        return
    # Forked from a clean server process: a plain fork would copy a parent full of torch's threads.
    context = get_context("forkserver" if os.name == "posix" else "spawn")
    with ProcessPoolExecutor(n_workers, mp_context=context, initializer=one_thread) as pool:
        yield from pool.map(render, jobs, chunksize=2)


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
