"""Classes by the training clips that lie near, instead of by the output layer."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import normalize, one_hot

from benchmarks.unheard.ideas.clips import Part
from benchmarks.unheard.ideas.idea import Idea
from instrument_net.models import Network

_SHARPNESS = 20.0  # of the softmax over cosines
_K = 10


class Neighbours(Idea):
    """What the tested clips and those of the training look like to the network."""

    trains = False

    def directions(self, network: Network, part: Part) -> tuple[Tensor, Tensor]:
        """Return vectors of length 1 of the training clips and of the tested ones."""
        spectrograms = self.clips.train.spectrograms, part.spectrograms
        kept, tested = (normalize(self.embeddings(network, each)) for each in spectrograms)
        return kept, tested


class Nearest(Neighbours):
    """The ten nearest training clips vote, by their cosine; clips of every pair weigh the same."""

    question: ClassVar[str] = "the ten nearest training clips vote"

    def probabilities(self, network: Network, part: Part) -> Tensor:
        """Return the shares of the votes."""
        train = self.clips.train
        kept, tested = self.directions(network, part)
        nearest = (tested @ kept.T).topk(_K, dim=1)
        votes = (_SHARPNESS * nearest.values).softmax(dim=1)
        classes = one_hot(train.labels[nearest.indices], len(part.class_names))
        return (votes[..., None] * classes).sum(dim=1)


class PairMeans(Neighbours):
    """The mean vector of each pair of class and source; a class is as near as its nearest mean."""

    question: ClassVar[str] = "the nearest mean of a class and source decides"

    def probabilities(self, network: Network, part: Part) -> Tensor:
        """Return the softmax over each class's highest cosine."""
        train = self.clips.train
        kept, tested = self.directions(network, part)
        pairs, member = torch.unique(
            torch.stack([train.labels, train.sources]), dim=1, return_inverse=True
        )
        means = normalize(torch.zeros(pairs.shape[1], kept.shape[1]).index_add(0, member, kept))
        cosines = tested @ means.T
        return self.of_classes(cosines, pairs[0], len(part.class_names))

    def of_classes(self, cosines: Tensor, classes: Tensor, n_classes: int) -> Tensor:
        """Return probabilities ``(n_clips, n_classes)`` of the cosines to each mean."""
        best = torch.full((len(cosines), n_classes), -1.0)
        best.scatter_reduce_(1, classes.expand_as(cosines), cosines, "amax")
        return (_SHARPNESS * best).softmax(dim=1)


class ClassMeans(PairMeans):
    """The mean over the pairs of a class: every source has the same say."""

    question: ClassVar[str] = "the nearest mean of a class decides, its sources equally"

    def of_classes(self, cosines: Tensor, classes: Tensor, n_classes: int) -> Tensor:
        """Return probabilities ``(n_clips, n_classes)`` of the cosines to each mean."""
        total = torch.zeros(len(cosines), n_classes).index_add(1, classes, cosines)
        return (_SHARPNESS * total / classes.bincount(minlength=n_classes)).softmax(dim=1)
