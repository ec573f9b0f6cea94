"""An order of clips in which every group is equally frequent, in parts of a given size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Sampler


@dataclass(frozen=True)
class Part:
    """Clips of which an epoch has a given number.

    Attributes:
        groups: Positions of the clips of each group, int64 ``(n,)``, at least one; the groups have
            the same say.
        n_drawn: Clips that an epoch has of all of them.
    """

    groups: Sequence[Tensor]
    n_drawn: int

    @classmethod
    def of(
        cls, codes: Tensor, *, positions: Tensor | None = None, n_drawn: int | None = None
    ) -> Part:
        """Return a part of clips with group codes.

        Args:
            codes: Group of each clip, int64 ``(n_clips,)``.
            positions: Of each clip, int64 ``(n_clips,)``; default: in this order from 0 on.
            n_drawn: Default: as many as there are.
        """
        if positions is None:
            positions = torch.arange(len(codes))
        groups = [positions[codes == code] for code in codes.unique(sorted=True)]
        return cls(groups, len(codes) if n_drawn is None else n_drawn)


class BalancedSampler(Sampler[int]):
    """An epoch with the same number of clips (give or take one) of every group of a part.

    A group's clips are drawn in random order, each once before any is repeated: a rare class is
    repeated several times in an epoch, of a frequent one each epoch has another part. So not every
    clip is in an epoch.

    Random numbers are from torch's default generator, as in torch's own samplers: they follow from
    the run's seed.

    Args:
        parts: At least one, with at least one group each.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = list(parts)
        self._waiting = [[group[:0] for group in part.groups] for part in self._parts]

    def __len__(self) -> int:
        return sum(part.n_drawn for part in self._parts)

    def __iter__(self) -> Iterator[int]:
        """Yield positions of clips, groups and parts mixed."""
        drawn = []
        for part, waiting in zip(self._parts, self._waiting, strict=True):
            n_groups = len(part.groups)
            share, rest = divmod(part.n_drawn, n_groups)
            one_more = torch.randperm(n_groups) < rest
            drawn += [
                _draw(part.groups[k], waiting, k, share + int(one_more[k])) for k in range(n_groups)
            ]
        positions = torch.cat(drawn)
        yield from positions[torch.randperm(len(positions))].tolist()

    def state_dict(self) -> dict[str, list[Tensor]]:
        """Return the clips of each group that wait for their turn: the next epoch begins there."""
        return {"waiting": [waits for of_part in self._waiting for waits in of_part]}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Continue where another sampler of the same clips was."""
        waiting = iter(state["waiting"])
        self._waiting = [[next(waiting) for _ in part.groups] for part in self._parts]


def _draw(members: Tensor, waiting: list[Tensor], group: int, n: int) -> Tensor:
    """Return the next ``n`` clips of a group; the others keep waiting."""
    queue = waiting[group]
    while len(queue) < n:
        queue = torch.cat([queue, members[torch.randperm(len(members))]])
    waiting[group] = queue[n:]
    return queue[:n]
