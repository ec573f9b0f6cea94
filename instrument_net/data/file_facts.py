"""Table of clips -> how long, how loud and in which format each one is."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from instrument_net.audio import open_sound
from instrument_net.progress import work_progress


def file_facts(clips: pd.DataFrame) -> pd.DataFrame:
    """Return length, format and level of each clip as its file holds it.

    Nothing is resampled, mixed down or normalised: the front end removes these differences.

    Args:
        clips: Table with ``path``, ``start_s`` and ``duration_s``, as a manifest holds it.

    Returns:
        Indexed like ``clips``: ``duration_s``, ``sample_rate_hz``, ``n_channels``, ``peak_dbfs``
        and ``rms_dbfs`` over all channels, in decibel of full scale: a full-scale sine has peak 0
        and RMS -3.01, silence has minus infinity.

    Raises:
        AudioError: If a file cannot be decoded; with its name and the reason.

    >>> clips = pd.DataFrame({"path": ["clip.wav"], "start_s": 0.0, "duration_s": np.nan})
    >>> file_facts(clips)[["duration_s", "sample_rate_hz", "peak_dbfs"]].round(1)
    Measuring files ... 1/1 ...
       duration_s  sample_rate_hz  peak_dbfs
    0         1.0           44100       -6.0
    """
    excerpts = list(zip(clips["path"], clips["start_s"], clips["duration_s"], strict=True))
    rows = []
    with work_progress() as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
        bar = progress.add_task("Measuring files", total=len(excerpts))
        for row in pool.map(_facts, excerpts):
            rows.append(row)
            progress.advance(bar)
    return pd.DataFrame(rows, index=clips.index)


def _facts(excerpt: tuple[str, float, float]) -> dict[str, float]:
    path, start_s, duration_s = excerpt
    peak, square_sum, n_frames = 0.0, 0.0, 0
    with open_sound(path) as sound:
        rate, n_channels = sound.file.samplerate, sound.file.channels
        wanted = None if np.isnan(duration_s) else round(duration_s * rate)
        for block in sound.blocks(round(start_s * rate), wanted):
            peak = max(peak, float(np.abs(block).max()))
            square_sum += float(np.square(block, dtype=np.float64).sum())
            n_frames += len(block)
    rms = np.sqrt(square_sum / max(n_frames * n_channels, 1))
    with np.errstate(divide="ignore"):
        peak_dbfs, rms_dbfs = 20 * np.log10([peak, rms])
    return {
        "duration_s": n_frames / rate,
        "sample_rate_hz": rate,
        "n_channels": n_channels,
        "peak_dbfs": float(peak_dbfs),
        "rms_dbfs": float(rms_dbfs),
    }
