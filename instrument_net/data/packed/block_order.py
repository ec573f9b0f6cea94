"""A random order of clips that goes through their chunks a few at a time."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from instrument_net.data.derived_seed import derived_seed

_AT_A_TIME = 16  # chunks whose clips are mixed: some 2,000 clips


class BlockOrder:
    """Every clip once an epoch: chunks in random order, the clips of a few at a time mixed.

    The clips of a pack were mixed when it was written, so that a chunk is a sample of all. The
    order of an epoch follows from the seed and the number of the epoch alone.

    Args:
        bounds: Where each chunk begins among the clips, and where the last one ends, int64
            ``(n_chunks + 1,)``.
        seed: Default: drawn from torch's default generator.

    Attributes:
        epoch: The one that was begun last, from 0; -1 before the first.
    """

    def __init__(self, bounds: Tensor, *, seed: int | None = None) -> None:
        self._bounds = bounds.tolist()
        self._seed = int(torch.randint(2**62, ())) if seed is None else seed
        self.epoch = -1
        self._next = 0

    def __len__(self) -> int:
        return int(self._bounds[-1])

    def set_epoch(self, epoch: int) -> None:
        """Let the next epoch be the one of this number; otherwise it is the one after the last."""
        self._next = epoch

    def __iter__(self) -> Iterator[int]:
        """Yield positions of clips."""
        self.epoch, self._next = self._next, self._next + 1
        random = torch.Generator().manual_seed(derived_seed(self._seed, "blocks", self.epoch))
        chunks = torch.randperm(len(self._bounds) - 1, generator=random)
        for together in chunks.split(_AT_A_TIME):
            clips = torch.cat(
                [torch.arange(self._bounds[k], self._bounds[k + 1]) for k in together.tolist()]
            )
            yield from clips[torch.randperm(len(clips), generator=random)].tolist()
