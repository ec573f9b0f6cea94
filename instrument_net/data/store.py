"""Decoded waveforms on disk, so that an epoch never decodes.

Clips are stored in shards of 64. The key of a shard is a hash of what produced it (the paths of its
files, what the file system says about them, excerpts, sample rate, length). So a shard is never
stale, an interrupted build continues at the first missing shard, and a corpus that grew at its end
decodes only what is new. A shard that is damaged, or in which a file could not be read for a cause
that may be gone, is built again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from instrument_net.audio import AudioError
from instrument_net.data.decoding import FULL_SCALE as FULL_SCALE
from instrument_net.data.decoding import decode, excerpts
from instrument_net.data.description import describe_use
from instrument_net.data.shard import Decoded, Shard, read_shard, write_shard
from instrument_net.errors import InputError
from instrument_net.progress import work_progress

_CLIPS_PER_SHARD = 64
_FORMAT = 3  # raise it whenever the same inputs would give other files


class WaveformStore:
    """16-bit waveforms of a table of clips, memory-mapped.

    Args:
        clips: Table with ``path``, ``start_s`` and ``duration_s``, as a manifest holds it.
        folder: Where shards are kept; may be shared by any number of corpora.
        sample_rate_hz: Rate that clips are resampled to.
        num_samples: Length that clips are cut or zero-padded to.
        parts: Lengths of the tables that ``clips`` was put together from: each has the shards that
            it has alone; default: one table.

    Attributes:
        num_samples: Length of every waveform that it returns.
        folder: Where its shards are kept.
        clip_s: That length in seconds.
        fingerprint: Names the samples of all kept clips and their order: another one wherever a
            sample differs.
        rejected: Rows of ``clips`` that could not be decoded or are silent, with a column
            ``reason``.
        kept: Rows of ``clips`` that the store holds; positions in it are the store's indices.
        digests: Of each kept clip, 16 hexadecimal digits that follow from its samples alone, be the
            file called and placed as it may.
        available_s: Of each kept clip, float64 seconds that its excerpt of the file has; the clip
            holds at most ``clip_s`` of them. NaN where a header does not state it.
    """

    def __init__(
        self,
        clips: pd.DataFrame,
        folder: str | Path,
        *,
        sample_rate_hz: int,
        num_samples: int,
        parts: Sequence[int] | None = None,
    ) -> None:
        self.num_samples = num_samples
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"data.store_dir={folder}: cannot be made: {error.strerror or error}"
            ) from error
        self._sample_rate_hz = sample_rate_hz
        self.clip_s = num_samples / sample_rate_hz
        tables = [clips.iloc[start:end] for start, end in _shard_bounds(parts or [len(clips)])]
        keys = [self._key(table) for table in tables]
        shards = list(self._shards(tables, keys))
        lengths = np.concatenate([np.array(shard.lengths, dtype=np.int64) for shard in shards])
        reasons = [shard.reasons.get(i) for shard in shards for i in range(len(shard.lengths))]
        held = lengths >= 0
        self.kept = clips[held]
        self.rejected = clips[~held].assign(reason=[r for r in reasons if r is not None])
        self._maps = [shard.open() for shard in shards]
        # Where each kept clip starts: two flat arrays instead of an object per clip.
        sizes = [len(shard.lengths) for shard in shards]
        self._shard_of = np.repeat(np.arange(len(shards)), sizes)[held]
        starts = [np.cumsum([0, *np.maximum(shard.lengths, 0)][:-1]) for shard in shards]
        self._start = np.concatenate(starts)[held]
        self._length = lengths[held]
        digests = [digest for shard in shards for digest in shard.digests]
        self.digests: tuple[str, ...] = tuple(digest for digest in digests if digest)
        self.available_s = np.concatenate([np.array(shard.available_s) for shard in shards])[held]
        made_of = f"{_FORMAT} {sample_rate_hz} {num_samples} {' '.join(self.digests)}"
        self.fingerprint = hashlib.sha256(made_of.encode()).hexdigest()[:32]

    def __len__(self) -> int:
        return len(self._length)

    def describe_use(self) -> str:
        """Return how much of the kept files it holds, see :func:`describe_use`."""
        return describe_use(self.available_s, self.clip_s)

    def batch(self, indices: Sequence[int], *, pin_memory: bool = False) -> Tensor:
        """Return int16 waveforms ``(len(indices), num_samples)``; 32,767 is a peak of 1.

        Args:
            indices: Positions in the store.
            pin_memory: Return page-locked memory, from which a GPU copies while the host continues.
        """
        out = torch.empty(len(indices), self.num_samples, dtype=torch.int16, pin_memory=pin_memory)
        rows = out.numpy()
        for row, index in zip(rows, indices, strict=True):
            start, length = self._start[index], self._length[index]
            row[:length] = self._maps[self._shard_of[index]][start : start + length]
            row[length:] = 0
        return out

    def _shards(self, tables: list[pd.DataFrame], keys: list[str]) -> Iterator[Shard]:
        pairs = list(zip(tables, keys, strict=True))
        missing = [pair for pair in pairs if not self._is_built(*pair)]
        if missing:
            self._build(*zip(*missing, strict=True))
        for table, key in pairs:
            shard = read_shard(self.folder, key, len(table))
            if shard is None:
                raise InputError(
                    f"{self.folder}: {key} was changed while it was written; try again"
                )
            yield shard

    def _is_built(self, table: pd.DataFrame, key: str) -> bool:
        shard = read_shard(self.folder, key, len(table))
        return shard is not None and shard.is_final

    def _key(self, table: pd.DataFrame) -> str:
        digest = hashlib.sha256(f"{_FORMAT} {self._sample_rate_hz} {self.num_samples}".encode())
        for excerpt in excerpts(table):
            digest.update(repr(excerpt.identity()).encode())
        return digest.hexdigest()[:32]

    def _build(self, tables: Sequence[pd.DataFrame], keys: Sequence[str]) -> None:
        # Threads, not processes: decoding and resampling release the interpreter's lock, and a
        # process would first spend seconds on importing torch.
        own = partial(decode, sample_rate_hz=self._sample_rate_hz, num_samples=self.num_samples)
        with work_progress() as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
            bar = progress.add_task("Decoding audio", total=sum(len(table) for table in tables))
            for table, key in zip(tables, keys, strict=True):
                decoded: list[Decoded | AudioError] = []
                for item in pool.map(own, excerpts(table)):
                    decoded.append(item)
                    progress.advance(bar)
                write_shard(self.folder, key, decoded)


def _shard_bounds(parts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each shard's first row and the one after its last; none lies across two parts."""
    begin = 0
    for length in parts:
        for start in range(begin, begin + length, _CLIPS_PER_SHARD):
            yield start, min(start + _CLIPS_PER_SHARD, begin + length)
        begin += length
