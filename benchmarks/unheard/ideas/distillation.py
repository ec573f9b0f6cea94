"""One network learns what several together say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from benchmarks.unheard.ideas.idea import Idea, embedding_of, logits_of
from instrument_net.models import Network

_TEMPERATURE = 2.0


class Distilled(Idea):
    """Half of the loss is the distance from the mean probabilities of all networks at hand.

    References:
        Hinton et al., "Distilling the knowledge in a neural network", 2015.
    """

    question: ClassVar[str] = "distilled from all networks together"
    share: ClassVar[float] = 0.5

    def learn_from(self, teachers: Sequence[Network]) -> None:
        """Take networks in evaluation mode as teachers."""
        self._teachers = list(teachers)

    def loss(self, network: Network, spectrograms: Tensor, rows: list[int]) -> Tensor:
        """Return the loss of a batch; teachers and student hear the same augmented clips."""
        logits = logits_of(network, embedding_of(network, spectrograms))
        with torch.no_grad():
            taught = torch.stack(
                [
                    (
                        logits_of(one, embedding_of(one, spectrograms)).float() / _TEMPERATURE
                    ).softmax(dim=1)
                    for one in self._teachers
                ]
            ).mean(dim=0)
        said = (logits.float() / _TEMPERATURE).log_softmax(dim=1)
        distance = -(taught * said).sum(dim=1).mean() * _TEMPERATURE**2
        return self.share * distance + (1 - self.share) * self.classification(logits, rows)
