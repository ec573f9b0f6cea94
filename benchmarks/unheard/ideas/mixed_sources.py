"""Two clips of one instrument from two sources at once."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.idea import Idea
from instrument_net.augmentation.level_picture import loudest_at_one


class MixedSources(Idea):
    """Half of the clips lie between themselves and one of the same class and another source.

    The levels in decibel are mixed, as in mixup within a class; the label stays what it is.
    """

    question: ClassVar[str] = "mixup within a class, across sources"
    probability: ClassVar[float] = 0.5

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        train = clips.train
        self._partners = [
            ((train.labels == label) & (train.sources != source)).nonzero()[:, 0]
            for label, source in zip(train.labels, train.sources, strict=True)
        ]

    def styled(self, spectrograms: Tensor, rows: list[int]) -> Tensor:
        """Return the clips, half of them mixed with another one."""
        result = spectrograms.clone()
        for position, row in enumerate(rows):
            partners = self._partners[row]
            if torch.rand(()) < self.probability and len(partners):
                other = int(partners[torch.randint(len(partners), ())])
                share = torch.rand(())
                picture = self.clips.train.spectrograms[other].float()
                result[position] = share * spectrograms[position] + (1 - share) * picture
        return loudest_at_one(result)
