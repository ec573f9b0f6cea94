"""One of the processes that train a network together: its device, and its share of the clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeVar

import torch
from torch import Tensor

if TYPE_CHECKING:
    import lightning

Clips = TypeVar("Clips", Tensor, Sequence[int], str)


@dataclass(frozen=True)
class Process:
    """A process by its number, as Lightning counts them.

    Attributes:
        number: From 0 on.
        world_size: How many processes there are.
        device: Where it wants batches.
        order_seed: What the order of the training clips follows from, the same in all of them;
            ``None``: drawn, another one for every loader.
    """

    number: int = 0
    world_size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    order_seed: int | None = None

    @classmethod
    def of(cls, trainer: lightning.Trainer | None) -> Self:
        """Return the process that a trainer works in; without one, the only one."""
        if trainer is None:
            return cls()
        device = trainer.strategy.root_device
        return cls(trainer.global_rank, trainer.world_size, device, torch.initial_seed())

    def share_of(self, clips: Clips) -> Clips:
        """Return the clips of this process: each clip is in one share, and in one share alone.

        >>> [Process(number, 3).share_of("abcdefgh") for number in range(3)]
        ['adg', 'beh', 'cf']
        """
        return clips[self.number :: self.world_size]
