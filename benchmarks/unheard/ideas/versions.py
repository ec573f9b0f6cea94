"""A network tested on several versions of a clip, whose probabilities are averaged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import torch
from torch import Tensor

from benchmarks.unheard.ideas.clips import Part
from benchmarks.unheard.ideas.idea import Idea
from instrument_net.augmentation.level_picture import loudest_at_one, raised
from instrument_net.augmentation.moved_picture import moved
from instrument_net.models import Network
from instrument_net.runs.assembly import build_augmentation

_N_DRAWS = 8
_SEED = 0


class AsItIs(Idea):
    """A network as the commands of the project trained it and test it."""

    question: ClassVar[str] = "nothing changed"
    trains = False


class Versions(Idea):
    """Averages over the clip as it is and versions of it."""

    trains = False

    def versions(self, spectrograms: Tensor) -> Iterator[Tensor]:
        """Yield what is averaged over, ``(n_clips, 1, bins, frames)`` each."""
        yield spectrograms

    def probabilities(self, network: Network, part: Part) -> Tensor:
        """Return the mean of the versions' probabilities."""
        versions = self.versions(part.spectrograms.float())
        return torch.stack([self.logits(network, one).softmax(dim=1) for one in versions]).mean(0)


class Shifted(Versions):
    """One mel band down and up."""

    question: ClassVar[str] = "tested at three pitches: a band down, as it is, a band up"

    def versions(self, spectrograms: Tensor) -> Iterator[Tensor]:
        """Yield the three."""
        for step in (-1, 0, 1):
            yield moved(spectrograms, torch.full((len(spectrograms),), step), dim=2)


class Windows(Versions):
    """Later windows of the same clip."""

    question: ClassVar[str] = "tested on three windows: from 0, 0.37 and 0.74 s on"

    def versions(self, spectrograms: Tensor) -> Iterator[Tensor]:
        """Yield the three; where nothing sounds any more, the clip as it is."""
        for step in (0, -8, -16):
            later = loudest_at_one(
                moved(spectrograms, torch.full((len(spectrograms),), step), dim=3)
            )
            silent = later.amax(dim=(1, 2, 3), keepdim=True) == 0
            yield torch.where(silent, spectrograms, later)


class Levels(Versions):
    """Another slope over the frequencies, and a higher floor."""

    question: ClassVar[str] = "tested with treble 4 dB down and up, and on the upper 50 dB"

    def versions(self, spectrograms: Tensor) -> Iterator[Tensor]:
        """Yield the four."""
        slope = torch.linspace(-1, 1, spectrograms.shape[2])[:, None] * 4 / 60
        yield spectrograms
        yield raised(spectrograms, slope)
        yield raised(spectrograms, -slope)
        yield torch.where(spectrograms > 10 / 60, spectrograms, 0)


class Draws(Versions):
    """The augmentation of training."""

    question: ClassVar[str] = "tested on eight draws of the augmentation of training"

    def versions(self, spectrograms: Tensor) -> Iterator[Tensor]:
        """Yield the draws, the same ones in every call."""
        chain = build_augmentation(self.clips.config.augment).train()
        with torch.random.fork_rng([]):
            torch.manual_seed(_SEED)
            for _ in range(_N_DRAWS):
                yield chain.augment_spectrograms(spectrograms)
