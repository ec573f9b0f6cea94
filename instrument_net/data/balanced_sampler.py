"""An order of clips in which every group is equally frequent, in parts of a given size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Sampler

from instrument_net.data.derived_seed import derived_seed

_AT_A_TIME = 4096


@dataclass(frozen=True)
class Part:
    """Clips of which an epoch has a given number.

    Attributes:
        groups: Positions of the clips of each group, int64 ``(n,)``, at least one.
        n_drawn: Clips that an epoch has of all of them.
        weights: How often each group is drawn against the others, above 0, ``(n_groups,)``.
    """

    groups: Sequence[Tensor]
    n_drawn: int
    weights: Tensor

    def counts(self, random: torch.Generator) -> list[int]:
        """Return how many clips an epoch has of each group: what is due, give or take one.

        Args:
            random: Decides which groups have one more.
        """
        # Due clips are laid end to end in random order, and each whole number, moved by one random
        # part, is a clip: on average, a group has exactly what is due.
        order = torch.randperm(len(self.groups), generator=random)
        start = torch.rand((), generator=random, dtype=torch.float64)
        ends = self.weights[order].double().cumsum(0) / self.weights.sum()
        ends = (self.n_drawn * ends + start).floor()
        ends[-1] = self.n_drawn
        counts = torch.empty(len(self.groups), dtype=torch.int64)
        counts[order] = ends.diff(prepend=torch.zeros(1, dtype=torch.float64)).long()
        return counts.tolist()

    @classmethod
    def of(
        cls, codes: Tensor, *, positions: Tensor | None = None, n_drawn: int | None = None
    ) -> Part:
        """Return a part of clips with group codes; every group has the same say.

        Args:
            codes: Group of each clip, int64 ``(n_clips,)``.
            positions: Of each clip, int64 ``(n_clips,)``; default: in this order from 0 on.
            n_drawn: Default: as many as there are.
        """
        if positions is None:
            positions = torch.arange(len(codes))
        groups = [positions[codes == code] for code in codes.unique(sorted=True)]
        return cls(groups, len(codes) if n_drawn is None else n_drawn, torch.ones(len(groups)))


class BalancedSampler(Sampler[int]):
    """An epoch with as many clips of every group of a part as is due (give or take one).

    A group's clips are drawn in random order, each once before any is repeated: a rare class is
    repeated several times in an epoch, of a frequent one each epoch has another part. So not every
    clip is in an epoch. One group of which an epoch has all clips has each of them once.

    The order of an epoch follows from the seed and the number of the epoch alone: it is the same in
    every process of a run, and no other random numbers depend on it.

    Args:
        parts: At least one, with at least one group each.
        seed: Default: drawn from torch's default generator.

    Attributes:
        epoch: The one that was begun last, from 0; -1 before the first.
    """

    def __init__(self, parts: Sequence[Part], *, seed: int | None = None) -> None:
        self._parts = list(parts)
        self._seed = int(torch.randint(2**62, ())) if seed is None else seed
        self.epoch = -1
        self._next = 0
        self._restart()

    def __len__(self) -> int:
        return sum(part.n_drawn for part in self._parts)

    def set_epoch(self, epoch: int) -> None:
        """Let the next epoch be the one of this number; otherwise it is the one after the last."""
        self._next = epoch

    def __iter__(self) -> Iterator[int]:
        """Yield positions of clips, groups and parts mixed."""
        self.epoch, self._next = self._next, self._next + 1
        if self.epoch < self._n_drawn:
            self._restart()
        while self._n_drawn <= self.epoch:  # which clips wait follows from the epochs before
            positions = self._draw_epoch()
        for some in positions.split(_AT_A_TIME):  # Python's numbers take four times the room
            yield from some.tolist()

    def _restart(self) -> None:
        self._n_drawn = 0  # epochs
        self._waiting = [[group[:0] for group in part.groups] for part in self._parts]

    def _draw_epoch(self) -> Tensor:
        seed = derived_seed(self._seed, "epoch", self._n_drawn)
        random = torch.Generator().manual_seed(seed)
        drawn = []
        for part, waiting in zip(self._parts, self._waiting, strict=True):
            for k, n_taken in enumerate(part.counts(random)):
                waiting[k] = _refilled(waiting[k], part.groups[k], n_taken, random)
                drawn.append(waiting[k][:n_taken])
                waiting[k] = waiting[k][n_taken:]
        self._n_drawn += 1
        positions = torch.cat(drawn)
        return positions[torch.randperm(len(positions), generator=random)]


def _refilled(waiting: Tensor, members: Tensor, n: int, random: torch.Generator) -> Tensor:
    """Return the clips that wait, followed by all of the group as often as ``n`` clips need."""
    while len(waiting) < n:
        waiting = torch.cat([waiting, members[torch.randperm(len(members), generator=random)]])
    return waiting
