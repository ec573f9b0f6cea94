"""Clips of one instrument from other sources lie near, those of other instruments far."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.idea import Idea

_WIDTH = 64
_KEPT = 1024  # vectors of earlier batches: a batch of 32 has few pairs
_TEMPERATURE = 0.1


class Contrastive(Idea):
    """A supervised contrastive loss whose positives are clips of the same class and other sources.

    Clips of the same class and source are neither pulled nor pushed.

    References:
        Khosla et al., "Supervised contrastive learning", NeurIPS 2020; earlier batches as in He et
        al., "Momentum contrast", CVPR 2020, without its second network.
    """

    question: ClassVar[str] = "supervised contrastive loss, positives of other sources"
    weight: ClassVar[float] = 0.5

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        width = int(clips.config.model.dense_units)
        self.modules.append(
            nn.Sequential(nn.Linear(width, _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, _WIDTH))
        )
        self._vectors = torch.zeros(0, _WIDTH)
        self._rows = torch.zeros(0, dtype=torch.int64)

    def further_loss(self, embeddings: Tensor, rows: list[int]) -> Tensor:
        """Return the contrastive loss against this batch and the ones before."""
        vectors = normalize(self.modules[0](embeddings).float())
        here = torch.tensor(rows)
        others, other_rows = torch.cat([vectors, self._vectors]), torch.cat([here, self._rows])
        labels, sources = self.clips.train.labels, self.clips.train.sources
        same_class = labels[here][:, None] == labels[other_rows]
        same_source = sources[here][:, None] == sources[other_rows]
        loss = contrastive_loss(
            vectors @ others.T / _TEMPERATURE, same_class & ~same_source, same_class & same_source
        )
        self._vectors = others[:_KEPT].detach()
        self._rows = other_rows[:_KEPT]
        return self.weight * loss


def contrastive_loss(similarity: Tensor, positive: Tensor, ignored: Tensor) -> Tensor:
    """Return the mean of ``-log`` of the positives' share, a scalar >= 0.

    Args:
        similarity: Of each clip with each other one, ``(n, m)``.
        positive: Which are to be near, bool ``(n, m)``.
        ignored: Which do not count, bool ``(n, m)``.

    Returns:
        0 where no clip has a positive one.
    """
    logarithm = similarity.masked_fill(ignored, -torch.inf).log_softmax(dim=1)
    n = positive.sum(dim=1)
    of_clips = -(logarithm.masked_fill(~positive, 0)).sum(dim=1) / n.clamp_min(1)
    return (of_clips * (n > 0)).sum() / (n > 0).sum().clamp_min(1)
