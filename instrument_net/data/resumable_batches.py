"""The batches of an epoch, for one of several processes, from any batch on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from torch.utils.data import Sampler

from instrument_net.data.balanced_sampler import BalancedSampler
from instrument_net.data.process import Process


class ResumableBatches(Sampler[list[int]]):
    """Positions of clips, batch by batch: of each batch the share of one process.

    Which clips a batch has follows from the order and the batch size, not from the number of
    processes. A process whose share is empty, of a last batch with fewer clips than there are
    processes, gets one clip of the batch all the same, because all of them have to take the step:
    :meth:`n_own` tells that it does not count.

    Its state says how many batches of which epoch were taken. Where that state is loaded, the order
    is drawn again, and those batches are passed over without being read.

    Args:
        sampler: Order of the clips in every epoch.
        batch_size: Clips a batch of all processes together; the last one may have fewer.
        process: Which one this is; default: the only one.
    """

    def __init__(
        self, sampler: BalancedSampler, batch_size: int, process: Process | None = None
    ) -> None:
        self.sampler = sampler
        self._batch_size = batch_size
        self._process = process or Process()
        self._n_taken = 0
        self._to_continue: dict[str, Any] | None = None

    def __len__(self) -> int:
        return -(-len(self.sampler) // self._batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of one epoch, or what is left of it."""
        state, self._to_continue = self._to_continue, None
        if state is not None:
            self.sampler.set_epoch(state["epoch"])
        n_done = self._n_taken = 0 if state is None else state["n_taken"]
        size = self._batch_size
        order = islice(self.sampler, n_done * size, None)  # a list of a million clips takes 36 MB
        for number in range(n_done, len(self)):
            if state is not None and number == n_done and state["random"] is not None:
                torch.set_rng_state(state["random"])  # the loader has drawn since it was restored
            batch = list(islice(order, size))
            self._n_taken = number + 1
            yield list(self._process.share_of(batch)) or batch[:1]

    def n_clips(self, number: int) -> int:
        """Return how many clips a batch has, those of all processes together.

        Args:
            number: Of the batch in its epoch, from 0.
        """
        return min(self._batch_size, len(self.sampler) - number * self._batch_size)

    def n_own(self, number: int) -> int:
        """Return how many clips of a batch are this process' share; 0 where it got one to pass."""
        return len(self._process.share_of(range(self.n_clips(number))))

    @property
    def in_the_middle(self) -> bool:
        """Whether an epoch has begun and is not over."""
        return 0 < self._n_taken < len(self)

    def state_dict(self) -> dict[str, Any]:
        """Return what the next batch follows from, as tensors and plain values."""
        if not self.in_the_middle:  # the next one is the first of an epoch
            return {"n_taken": 0}
        epoch = self.sampler.epoch
        return {"n_taken": self._n_taken, "epoch": epoch, "random": torch.get_rng_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue where another one, of the same clips, was; ``random`` may be ``None``."""
        self._to_continue = state if state["n_taken"] else None


def batches_of(loader: object) -> ResumableBatches | None:
    """Return the batches of a training loader of ours, ``None`` of any other object."""
    batches = getattr(loader, "batch_sampler", None)
    return batches if isinstance(batches, ResumableBatches) else None
