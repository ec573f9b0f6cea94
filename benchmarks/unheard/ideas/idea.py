"""What an idea may change about training and tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from benchmarks.unheard.ideas.clips import Clips, Part
from instrument_net.learning.loss import cross_entropy
from instrument_net.models import Network

SMOOTHING = 0.1  # of the labels, as in `best`
_AT_A_TIME = 64


class Idea:
    """Training and tests without any idea; an idea overrides what it changes.

    Args:
        clips: Of the fold.

    Attributes:
        question: What its row answers.
        trains: Whether it trains; if not, it tests a network in another way.
        modules: What is trained besides the network, and not needed to classify.
    """

    question: ClassVar[str] = "nothing changed"
    trains: ClassVar[bool] = True

    def __init__(self, clips: Clips) -> None:
        self.clips = clips
        self.modules = nn.ModuleList()

    def learn_from(self, teachers: Sequence[Network]) -> None:
        """Take trained networks in evaluation mode, before training begins."""

    def attach(self, network: Network) -> None:
        """Change a new network, before it is trained or its weights are read."""

    def styled(self, spectrograms: Tensor, rows: list[int]) -> Tensor:
        """Return training clips before they are augmented, ``(batch, 1, bins, frames)``."""
        del rows
        return spectrograms

    def inputs(self, spectrograms: Tensor) -> Tensor:
        """Return what the network sees of clips, in training and tests."""
        return spectrograms

    def loss(self, network: Network, spectrograms: Tensor, rows: list[int]) -> Tensor:
        """Return the loss of a batch.

        Args:
            network: In training mode.
            spectrograms: Augmented, ``(batch, 1, bins, frames)``.
            rows: Which clips of the training split they are.
        """
        embeddings = embedding_of(network, self.inputs(spectrograms))
        logits = logits_of(network, embeddings)
        return self.classification(logits, rows) + self.further_loss(embeddings, rows)

    def classification(self, logits: Tensor, rows: list[int]) -> Tensor:
        """Return the loss of the logits of a batch."""
        return cross_entropy(logits, self.clips.train.labels[rows], label_smoothing=SMOOTHING)

    def further_loss(self, embeddings: Tensor, rows: list[int]) -> Tensor:
        """Return what is added to it, from the vectors of the batch ``(batch, width)``."""
        del rows
        return embeddings.new_zeros(())

    def step(self, network: Network, optimizer: Optimizer, loss: Callable[[], Tensor]) -> None:
        """Do one step of training.

        Args:
            network: Its parameters have no gradients yet.
            optimizer: Of all parameters.
            loss: Of this step's batch.
        """
        del network
        loss().backward()
        optimizer.step()

    def probabilities(self, network: Network, part: Part) -> Tensor:
        """Return those of the tested clips, ``(n_clips, n_classes)``."""
        return self.logits(network, part.spectrograms).softmax(dim=1)

    def logits(self, network: Network, spectrograms: Tensor) -> Tensor:
        """Return the logits of any number of clips."""
        parts = [
            logits_of(network, embedding_of(network, self.inputs(some.float())))
            for some in spectrograms.split(_AT_A_TIME)
        ]
        return torch.cat(parts)

    def embeddings(self, network: Network, spectrograms: Tensor) -> Tensor:
        """Return the vectors of any number of clips, ``(n_clips, width)``."""
        parts = [
            embedding_of(network, self.inputs(some.float()))
            for some in spectrograms.split(_AT_A_TIME)
        ]
        return torch.cat(parts)


def embedding_of(network: Network, spectrograms: Tensor) -> Tensor:
    """Return what the output layer reads of clips; `best` reads no features."""
    return network.embedding(spectrograms, spectrograms.new_zeros(len(spectrograms), 0))


def logits_of(network: Network, embeddings: Tensor) -> Tensor:
    """Return the logits of embeddings."""
    assert network.output is not None
    logits: Tensor = network.output(embeddings)
    return logits
