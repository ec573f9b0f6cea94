"""An order of clips in which every class is equally frequent."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import Sampler


class ClassBalancedSampler(Sampler[int]):
    """As many clips an epoch as there are, the same number (give or take one) of every class.

    A class's clips are drawn in random order, each once before any is repeated: a rare class is
    repeated several times in an epoch, of a frequent one each epoch has another part. So an epoch
    is as long as without the balance, but not every clip is in it.

    Random numbers are from torch's default generator, as in torch's own samplers: they follow from
    the run's seed.

    Args:
        labels: Class of each clip, int64 ``(n_clips,)``; a class without clips is left out.
    """

    def __init__(self, labels: Tensor) -> None:
        self._members = [
            (labels == label).nonzero().flatten() for label in labels.unique(sorted=True)
        ]
        self._n_clips = len(labels)
        self._waiting = [members[:0] for members in self._members]

    def __len__(self) -> int:
        return self._n_clips

    def __iter__(self) -> Iterator[int]:
        """Yield positions of clips, classes mixed."""
        n_classes = len(self._members)
        share, rest = divmod(self._n_clips, n_classes)
        one_more = torch.randperm(n_classes) < rest
        drawn = [self._draw(k, share + int(one_more[k])) for k in range(n_classes)]
        positions = torch.cat(drawn)
        yield from positions[torch.randperm(len(positions))].tolist()

    def state_dict(self) -> dict[str, list[Tensor]]:
        """Return the clips of each class that wait for their turn: the next epoch begins there."""
        return {"waiting": list(self._waiting)}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Continue where another sampler of the same clips was."""
        self._waiting = list(state["waiting"])

    def _draw(self, label: int, n: int) -> Tensor:
        members, waiting = self._members[label], self._waiting[label]
        while len(waiting) < n:
            waiting = torch.cat([waiting, members[torch.randperm(len(members))]])
        self._waiting[label] = waiting[n:]
        drawn: Tensor = waiting[:n]
        return drawn
