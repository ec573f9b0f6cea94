"""A few decoded clips on disk: ``<key>.i16`` with their samples, ``<key>.json`` with the rest.

The first holds the 16-bit samples of its clips one after the other, each without its trailing
zeros; the second their lengths and digests, how long their files are, and why one was rejected.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from instrument_net.audio import AudioError, PassingError
from instrument_net.files import write_atomically

_DIGEST_BYTES = 8
_BYTES_PER_SAMPLE = 2


@dataclass(frozen=True)
class Decoded:
    """A decoded clip: int16 ``samples`` without trailing zeros, and how long its excerpt is.

    ``available_s`` is the length of the excerpt of its file, of which the samples may be the
    beginning; NaN where it is not known.
    """

    samples: np.ndarray
    available_s: float


@dataclass(frozen=True)
class Shard:
    """What is known about the clips of a shard, in their order.

    Attributes:
        samples: The file of their samples.
        lengths: Samples of each clip; -1 for a rejected one.
        digests: 16 hexadecimal digits that follow from a clip's samples; empty for a rejected one.
        available_s: Length of each clip's excerpt in seconds; NaN where it is not known.
        reasons: Position of each rejected clip -> why.
        is_final: Whether no clip was rejected for a cause that may be gone next time.
    """

    samples: Path
    lengths: list[int]
    digests: list[str]
    available_s: list[float]
    reasons: dict[int, str]
    is_final: bool

    def open(self) -> np.ndarray:
        """Return the int16 samples of all its clips, memory-mapped."""
        if max(self.lengths, default=0) <= 0:  # an empty file cannot be mapped
            return np.zeros(0, dtype=np.int16)
        return np.memmap(self.samples, dtype=np.int16, mode="r")


def write_shard(folder: Path, key: str, clips: Sequence[Decoded | AudioError]) -> None:
    """Write decoded clips, and errors of those that could not be decoded."""
    arrays = [clip.samples for clip in clips if isinstance(clip, Decoded)]
    index = {
        "lengths": [len(clip.samples) if isinstance(clip, Decoded) else -1 for clip in clips],
        "digests": [digest_of(clip.samples) if isinstance(clip, Decoded) else "" for clip in clips],
        "available_s": [
            clip.available_s if isinstance(clip, Decoded) else float("nan") for clip in clips
        ],
        "reasons": {k: str(clip) for k, clip in enumerate(clips) if isinstance(clip, AudioError)},
        "is_final": not any(isinstance(clip, PassingError) for clip in clips),
    }
    # The index last: a shard exists once its index does.
    samples = np.concatenate(arrays).tobytes() if arrays else b""
    write_atomically(folder / f"{key}.i16", samples)
    write_atomically(folder / f"{key}.json", json.dumps(index).encode())


def read_shard(folder: Path, key: str, n_clips: int) -> Shard | None:
    """Return a shard of so many clips; ``None`` if it is missing, cut or damaged."""
    samples = folder / f"{key}.i16"
    try:
        index = json.loads((folder / f"{key}.json").read_bytes())
        shard = _shard_of(samples, index)
        size = samples.stat().st_size
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    parts = (shard.lengths, shard.digests, shard.available_s)
    if any(len(part) != n_clips for part in parts):
        return None
    n_samples = sum(length for length in shard.lengths if length >= 0)
    return shard if size == _BYTES_PER_SAMPLE * n_samples else None


def _shard_of(samples: Path, index: dict[str, Any]) -> Shard:
    return Shard(
        samples,
        [int(length) for length in index["lengths"]],
        [str(digest) for digest in index["digests"]],
        [float(seconds) for seconds in index["available_s"]],
        {int(k): str(reason) for k, reason in index["reasons"].items()},
        bool(index["is_final"]),
    )


def digest_of(samples: np.ndarray) -> str:
    """Return 16 hexadecimal digits that follow from a clip's samples."""
    return hashlib.blake2b(samples.tobytes(), digest_size=_DIGEST_BYTES).hexdigest()
