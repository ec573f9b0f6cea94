"""The sources that are hardest weigh most."""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.idea import SMOOTHING, Idea

_RATE = 0.01  # of the weights


class GroupRobust(Idea):
    """Group-DRO: the weight of a source rises with its loss.

    References:
        Sagawa et al., "Distributionally robust neural networks for group shifts", ICLR 2020.
    """

    question: ClassVar[str] = "group-DRO over sources"

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        self.groups = self.groups_of(clips)
        self._weights = torch.ones(int(self.groups.max()) + 1)

    def groups_of(self, clips: Clips) -> Tensor:
        """Return the group of each training clip, from 0 on."""
        return clips.train.sources

    def classification(self, logits: Tensor, rows: list[int]) -> Tensor:
        """Return the loss, each clip weighed as its group, mean weight of the batch 1."""
        labels = self.clips.train.labels[rows]
        losses = F.cross_entropy(
            logits.float(), labels, label_smoothing=SMOOTHING, reduction="none"
        )
        groups = self.groups[rows]
        with torch.no_grad():
            total = torch.zeros_like(self._weights).index_add(0, groups, losses)
            n = groups.bincount(minlength=len(self._weights))
            self._weights *= (_RATE * total / n.clamp_min(1)).exp()
            self._weights /= self._weights.mean()
        weights = self._weights[groups]
        loss: Tensor = (weights * losses).sum() / weights.sum()
        return loss


class PairRobust(GroupRobust):
    """The same over pairs of class and source."""

    question: ClassVar[str] = "... over pairs of class and source"

    def groups_of(self, clips: Clips) -> Tensor:
        """Return the pair of each training clip, from 0 on."""
        pairs = torch.stack([clips.train.labels, clips.train.sources])
        members: Tensor = torch.unique(pairs, dim=1, return_inverse=True)[1]
        return members
