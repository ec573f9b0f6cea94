"""An excerpt of an audio file -> its 16-bit samples, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from instrument_net.audio import AudioError, file_duration_s, load_waveform
from instrument_net.data.shard import Decoded

FULL_SCALE = 32_767  # of 16-bit samples: a peak of 1


@dataclass(frozen=True)
class Excerpt:
    """What a row of a table of clips takes of which file.

    Attributes:
        path: Of the file.
        start_s: Where it begins.
        duration_s: Its length; ``None``: to the end of the file.
    """

    path: str
    start_s: float
    duration_s: float | None

    def identity(self) -> tuple[object, ...]:
        """Return what is another one wherever the excerpt is, or its file was replaced."""
        return self.path, _stamp(Path(self.path)), self.start_s, self.duration_s


def excerpts(table: pd.DataFrame) -> list[Excerpt]:
    """Return the excerpts of a table with ``path``, ``start_s`` and ``duration_s``."""
    return [
        Excerpt(path, start_s, None if np.isnan(duration_s) else duration_s)
        for path, start_s, duration_s in zip(
            table["path"], table["start_s"].astype(float), table["duration_s"].astype(float),
            strict=True,
        )
    ]  # fmt: skip


def decode(excerpt: Excerpt, *, sample_rate_hz: int, num_samples: int) -> Decoded | AudioError:
    """Return an excerpt from its first sound on, peak-normalised, as 16-bit samples.

    Args:
        excerpt: Of a file.
        sample_rate_hz: Rate that it is resampled to.
        num_samples: Length that it is cut to.

    Returns:
        The samples, or why there are none: the file cannot be decoded, or nothing in it sounds.
    """
    path, duration_s = excerpt.path, excerpt.duration_s
    try:
        waveform = load_waveform(
            path,
            sample_rate_hz=sample_rate_hz,
            num_samples=num_samples,
            start_s=excerpt.start_s,
            duration_s=duration_s,
            from_first_sound=True,
        )
    except AudioError as error:
        return error
    if not waveform.any():
        return AudioError(f"{path}: silent{'' if duration_s is None else ' in its excerpt'}")
    samples = (waveform * FULL_SCALE).round().to(torch.int16).numpy()
    return Decoded(np.trim_zeros(samples, "b"), _available_s(excerpt))


def _available_s(excerpt: Excerpt) -> float:
    try:
        rest_s = file_duration_s(excerpt.path) - excerpt.start_s
    except AudioError:  # decoded all the same: a stream whose header states no length
        return float("nan")
    return rest_s if excerpt.duration_s is None else min(rest_s, excerpt.duration_s)


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is replaced, be its size and time the same."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
