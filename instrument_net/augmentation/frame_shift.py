"""Frame shift: the same sound, later, on the spectrogram."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from instrument_net.augmentation.moved_picture import moved
from instrument_net.augmentation.per_clip import (
    change_some,
    checked_count,
    checked_probability,
    uniform,
)


class FrameShift(nn.Module):
    """Let the sound begin later; what then reaches beyond the last frame is lost.

    Args:
        probability: Of each clip.
        max_frames: Largest delay; drawn uniformly from 0 on.

    Raises:
        InputError: If the probability is out of range, or the number not whole and above 0.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(self, *, probability: float, max_frames: int) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._max_frames = checked_count("max_frames", max_frames)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            return moved(chosen, uniform((0, self._max_frames + 1), chosen).long(), dim=3)

        return change_some(
            change, spectrogram, probability=self.probability, training=self.training
        )
