"""The batches of an epoch, in an order that continues where an interrupted epoch stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import BatchSampler, Sampler


class ResumableBatches(Sampler[list[int]]):
    """Positions of clips, batch by batch, as torch's own batch sampler yields them.

    Its state says which random numbers the order of the epoch was drawn from and how many batches
    were taken. Where that state is loaded, the same order is drawn again and those batches are
    passed over without being read.

    Args:
        sampler: Order of the clips; what it remembers between epochs is its own ``state_dict``.
        batch_size: Clips a batch; the last one may have fewer.
    """

    def __init__(self, sampler: Sampler[int], batch_size: int) -> None:
        self.sampler = sampler
        self._batches = BatchSampler(sampler, batch_size, drop_last=False)
        self._begun: dict[str, Any] = {}
        self._n_taken = 0
        self._to_continue: dict[str, Any] | None = None

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of one epoch, or what is left of it."""
        state, self._to_continue = self._to_continue, None
        if state is not None:
            torch.set_rng_state(state["random_at_start"])
            self._load(state["sampler"])
        self._begun = {"random_at_start": torch.get_rng_state(), "sampler": self._sampler_state()}
        n_done = 0 if state is None else state["n_taken"]
        self._n_taken = n_done
        for number, batch in enumerate(self._batches):
            if number < n_done:
                continue
            if state is not None and number == n_done:
                torch.set_rng_state(state["random"])
            self._n_taken = number + 1
            yield batch

    @property
    def in_the_middle(self) -> bool:
        """Whether an epoch has begun and is not over."""
        return 0 < self._n_taken < len(self)

    def state_dict(self) -> dict[str, Any]:
        """Return what the next batch follows from, as tensors and plain values."""
        if not self.in_the_middle:  # the next one is the first of an epoch
            return {"n_taken": 0, "sampler": self._sampler_state()}
        return {**self._begun, "n_taken": self._n_taken, "random": torch.get_rng_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue where another one, of the same clips, was."""
        if state["n_taken"] == 0:
            self._load(state["sampler"])
        else:
            self._to_continue = state

    def _sampler_state(self) -> Any:
        state_dict = getattr(self.sampler, "state_dict", None)
        return None if state_dict is None else state_dict()

    def _load(self, state: Any) -> None:
        if state is not None:
            self.sampler.load_state_dict(state)  # type: ignore[attr-defined]
