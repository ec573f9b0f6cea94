"""Silence trimming: the clip begins and ends with its sound."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from instrument_net.augmentation.excerpt import excerpt, sounding_part
from instrument_net.augmentation.per_clip import change_some, checked_probability
from instrument_net.errors import InputError


def trim_silence(waveform: Tensor, *, threshold_db: float) -> Tensor:
    """Return waveforms that begin with their first sounding sample and are zero after the last one.

    The sound itself is not changed, and a shifted clip gives the same result.

    Args:
        waveform: ``(batch, samples)``.
        threshold_db: Level below the clip's peak under which a sample counts as silent, < 0.
    """
    begin, end = sounding_part(waveform, threshold_db=threshold_db)
    return excerpt(waveform, begin, end - begin)


class SilenceTrimming(nn.Module):
    """Remove silence before and after the sound; libraries differ in how much they leave.

    Like all augmentations it is for training only: the network must not rely on trimmed clips.

    Args:
        probability: Of each clip.
        threshold_db: Level below the clip's peak under which a sample counts as silent, < 0.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(self, *, probability: float, threshold_db: float) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        if not (isinstance(threshold_db, int | float) and threshold_db < 0):
            raise InputError(f"threshold_db must be below 0, got {threshold_db!r}")
        self._threshold_db = threshold_db

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            return trim_silence(chosen, threshold_db=self._threshold_db)

        return change_some(change, waveform, probability=self.probability, training=self.training)
