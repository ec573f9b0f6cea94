"""Decoded waveforms on disk, so that an epoch never decodes.

Clips are stored in shards of 64: ``<key>.i16`` holds the 16-bit samples of its clips one after
the other, each without its trailing zeros, and ``<key>.json`` their lengths and digests, or why one
was rejected. The key is a hash of what produced the shard (paths, sizes, modification times,
excerpts, sample rate, length). So a shard is never stale, an interrupted build continues at the
first missing shard, and a corpus that grew at its end decodes only what is new.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from instrument_net.audio import AudioError, load_waveform
from instrument_net.files import write_atomically
from instrument_net.progress import work_progress

FULL_SCALE = 32_767
_CLIPS_PER_SHARD = 64
_FORMAT = 2  # raise it whenever the same inputs would give other files
_DIGEST_BYTES = 8


@dataclass(frozen=True)
class _Shard:
    samples: Path
    lengths: list[int]  # -1 for a rejected clip
    digests: list[str]  # empty for a rejected clip
    reasons: dict[int, str]


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
        fingerprint: Names the samples of all its clips: another one wherever a file, an excerpt or
            the decoding differs.
        rejected: Rows of ``clips`` that could not be decoded, with a column ``reason``.
        kept: Rows of ``clips`` that the store holds; positions in it are the store's indices.
        digests: Of each kept clip, 16 hexadecimal digits that follow from its samples alone, be the
            file called and placed as it may.
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
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sample_rate_hz = sample_rate_hz
        tables = [clips.iloc[start:end] for start, end in _shard_bounds(parts or [len(clips)])]
        keys = [self._key(table) for table in tables]
        self.fingerprint = hashlib.sha256(" ".join(keys).encode()).hexdigest()[:32]
        shards = list(self._shards(tables, keys))
        lengths = np.concatenate([np.array(shard.lengths, dtype=np.int64) for shard in shards])
        reasons = [shard.reasons.get(i) for shard in shards for i in range(len(shard.lengths))]
        held = lengths >= 0
        self.kept = clips[held]
        self.rejected = clips[~held].assign(reason=[r for r in reasons if r is not None])
        self._maps = [_map_samples(shard.samples) for shard in shards]
        # Where each kept clip starts: two flat arrays instead of an object per clip.
        sizes = [len(shard.lengths) for shard in shards]
        self._shard_of = np.repeat(np.arange(len(shards)), sizes)[held]
        starts = [np.cumsum([0, *np.maximum(shard.lengths, 0)][:-1]) for shard in shards]
        self._start = np.concatenate(starts)[held]
        self._length = lengths[held]
        digests = [digest for shard in shards for digest in shard.digests]
        self.digests: tuple[str, ...] = tuple(digest for digest in digests if digest)

    def __len__(self) -> int:
        return len(self._length)

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

    def _shards(self, tables: list[pd.DataFrame], keys: list[str]) -> Iterator[_Shard]:
        missing = [k for k, key in enumerate(keys) if not self._index_path(key).is_file()]
        if missing:
            self._build([tables[k] for k in missing], [keys[k] for k in missing])
        for key in keys:
            index = json.loads(self._index_path(key).read_text())
            reasons = {int(i): reason for i, reason in index["reasons"].items()}
            samples = self.folder / f"{key}.i16"
            yield _Shard(samples, index["lengths"], index["digests"], reasons)

    def _key(self, table: pd.DataFrame) -> str:
        digest = hashlib.sha256(f"{_FORMAT} {self._sample_rate_hz} {self.num_samples}".encode())
        for path, start_s, duration_s in _excerpts(table):
            found = Path(path).stat() if Path(path).is_file() else None
            stamp = (found.st_size, found.st_mtime_ns) if found else None
            digest.update(repr((path, stamp, start_s, duration_s)).encode())
        return digest.hexdigest()[:32]

    def _index_path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _build(self, tables: list[pd.DataFrame], keys: list[str]) -> None:
        # Threads, not processes: decoding and resampling release the interpreter's lock, and a
        # process would first spend seconds on importing torch.
        with work_progress() as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
            bar = progress.add_task("Decoding audio", total=sum(len(table) for table in tables))
            for table, key in zip(tables, keys, strict=True):
                decoded = []
                for item in pool.map(self._decode, _excerpts(table)):
                    decoded.append(item)
                    progress.advance(bar)
                self._write(key, decoded)

    def _decode(self, excerpt: tuple[str, float, float | None]) -> np.ndarray | AudioError:
        path, start_s, duration_s = excerpt
        try:
            waveform = load_waveform(
                path,
                sample_rate_hz=self._sample_rate_hz,
                num_samples=self.num_samples,
                start_s=start_s,
                duration_s=duration_s,
            )
        except AudioError as error:
            return error
        samples = (waveform * FULL_SCALE).round().to(torch.int16).numpy()
        return np.trim_zeros(samples, "b")

    def _write(self, key: str, decoded: list[np.ndarray | AudioError]) -> None:
        arrays = [item for item in decoded if isinstance(item, np.ndarray)]
        lengths = [len(item) if isinstance(item, np.ndarray) else -1 for item in decoded]
        digests = [_digest(item) if isinstance(item, np.ndarray) else "" for item in decoded]
        reasons = {i: str(e) for i, e in enumerate(decoded) if isinstance(e, AudioError)}
        samples = np.concatenate(arrays).tobytes() if arrays else b""
        # The index last: a shard exists once its index does.
        write_atomically(self.folder / f"{key}.i16", samples)
        index = json.dumps({"lengths": lengths, "digests": digests, "reasons": reasons})
        write_atomically(self._index_path(key), index.encode())


def _shard_bounds(parts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each shard's first row and the one after its last; none lies across two parts."""
    begin = 0
    for length in parts:
        for start in range(begin, begin + length, _CLIPS_PER_SHARD):
            yield start, min(start + _CLIPS_PER_SHARD, begin + length)
        begin += length


def _excerpts(table: pd.DataFrame) -> list[tuple[str, float, float | None]]:
    return [
        (path, start_s, None if np.isnan(duration_s) else duration_s)
        for path, start_s, duration_s in zip(
            table["path"], table["start_s"].astype(float), table["duration_s"].astype(float),
            strict=True,
        )
    ]  # fmt: skip


def _digest(samples: np.ndarray) -> str:
    return hashlib.blake2b(samples.tobytes(), digest_size=_DIGEST_BYTES).hexdigest()


def _map_samples(path: Path) -> np.ndarray:
    if path.stat().st_size == 0:  # only rejected or silent clips; an empty file cannot be mapped
        return np.zeros(0, dtype=np.int16)
    return np.memmap(path, dtype=np.int16, mode="r")
