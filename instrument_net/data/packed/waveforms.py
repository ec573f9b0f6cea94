"""The waveforms of a pack, read from its chunks as they are asked for."""

from __future__ import annotations

import logging
import os
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import torch
from litdata import StreamingDataset
from torch import Tensor

from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.packed.index import PackIndex
from instrument_net.data.packed.place import Place
from instrument_net.errors import InputError


class PackedWaveforms:
    """16-bit waveforms by their numbers, in batches, as a store of decoded waveforms gives them.

    Of a remote pack, chunks are fetched when a clip of theirs is asked for, and kept in a folder of
    this machine, which LitData clears of the oldest: it takes up to three quarters of the free
    space, or ``MAX_CACHE_SIZE`` of the environment.

    Args:
        place: Of the pack.
        index: Its content.
        cache: Folder for the chunks of a remote pack.

    Attributes:
        num_samples: Length of every waveform that it returns.
        clip_s: That length in seconds.
    """

    def __init__(self, place: Place, index: PackIndex, cache: Path) -> None:
        self.num_samples = index.num_samples
        self.clip_s = index.num_samples / index.sample_rate_hz
        self._place = place
        self._cache = cache
        self._splits = [split for split in SPLIT_NAMES if index.chunk_sizes[split]]
        self._starts = [index.starts[split] for split in self._splits]
        # By process: what one has opened, another cannot read from.
        self._opened: dict[tuple[int, str], StreamingDataset] = {}

    def batch(self, indices: Sequence[int], *, pin_memory: bool = False) -> Tensor:
        """Return int16 waveforms ``(len(indices), num_samples)``; 32,767 is a peak of 1.

        Args:
            indices: Numbers of clips, see :attr:`PackIndex.starts`.
            pin_memory: Return page-locked memory, from which a GPU copies while the host continues.
        """
        out = torch.zeros(len(indices), self.num_samples, dtype=torch.int16, pin_memory=pin_memory)
        rows = out.numpy()
        for row in sorted(range(len(indices)), key=indices.__getitem__):  # chunk by chunk
            samples = self._samples(indices[row])
            rows[row, : len(samples)] = samples
        return out

    def _samples(self, number: int) -> np.ndarray:
        position = bisect_right(self._starts, number) - 1
        split = self._splits[position]
        try:
            clip = self._open(split)[number - self._starts[position]]
        except (
            OSError,
            RuntimeError,
            ValueError,
        ) as error:  # each of LitData's readers has its own
            said = str(error).partition("\n")[0]
            raise InputError(
                f"{self._place}: a chunk of {split} cannot be read: {said}; if it is damaged, pack "
                "the clips again"
            ) from error
        samples: np.ndarray = clip["samples"]
        return samples

    def _open(self, split: str) -> StreamingDataset:
        key = (os.getpid(), split)
        if key not in self._opened:
            logging.getLogger("litdata").setLevel(logging.ERROR)  # advice on sizes of caches
            where = self._place.streamed(split)
            clips = StreamingDataset(where, cache_dir=str(self._cache.resolve()))
            clips[0]  # from here on, chunks are fetched whole and kept
            clips.on_demand_bytes = False
            self._opened[key] = clips
        return self._opened[key]

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_opened": {}}

    @property
    def kept(self) -> NoReturn:
        """Refuse: there is no table of all clips.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"{self._place}: a pack is read batch by batch, and its clips cannot be described or "
            "compared all at once: train and evaluate a network on it, or use the corpus itself"
        )

    digests = kept
    fingerprint = kept

    def describe_use(self) -> str:
        """Return nothing: what of the files is used, the description of the pack says."""
        return ""
