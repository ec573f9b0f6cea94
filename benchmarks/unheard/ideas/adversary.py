"""A second head names the source, and the network is trained against it."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.idea import Idea

_UNITS = 64
_FULL_AFTER = 1000  # steps in which the strength rises


class Adversary(Idea):
    """The vector of a clip is to say nothing of its source that its class does not say.

    The head is given the class: many a source has one instrument alone, and a head without the
    class would have the network forget instruments.

    References:
        Ganin et al., "Domain-adversarial training of neural networks", JMLR 17, 2016; given the
        class: Zhao et al., "Domain generalization via entropy regularization", NeurIPS 2020.
    """

    question: ClassVar[str] = "trained against a head that names the source"
    strength: ClassVar[float] = 0.1

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        width = int(clips.config.model.dense_units) + len(clips.class_names)
        n_sources = int(clips.train.sources.max()) + 1
        self.modules.append(
            nn.Sequential(nn.Linear(width, _UNITS), nn.ReLU(), nn.Linear(_UNITS, n_sources))
        )
        self._n_steps = 0

    def further_loss(self, embeddings: Tensor, rows: list[int]) -> Tensor:
        """Return the head's loss; its gradient reaches the network with the other sign."""
        train = self.clips.train
        self._n_steps += 1
        strength = self.strength * min(1.0, self._n_steps / _FULL_AFTER)
        reversed_ = reversed_gradient(embeddings, strength)
        classes = one_hot(train.labels[rows], len(self.clips.class_names))
        guessed = self.modules[0](torch.cat([reversed_, classes.to(reversed_)], dim=1))
        loss: Tensor = cross_entropy(guessed, train.sources[rows])
        return loss


def reversed_gradient(values: Tensor, strength: float) -> Tensor:
    """Return the same values, whose gradient is ``-strength`` times what it would be."""
    return (1 + strength) * values.detach() - strength * values
