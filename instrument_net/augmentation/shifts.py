"""Shifts: the same sound later, or a little higher or lower, on the spectrogram."""

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


class _Shift(nn.Module):
    """Move the spectrogram along one axis, by a whole number of steps."""

    acts_on: ClassVar = "spectrogram"

    def __init__(self, *, probability: float, dim: int, most: int, both_ways: bool) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._dim = dim
        self._most = most
        self._both_ways = both_ways

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            least = -self._most if self._both_ways else 0
            steps = uniform((least, self._most + 1), chosen).floor().long()
            return moved(chosen, steps, dim=self._dim)

        return change_some(
            change, spectrogram, probability=self.probability, training=self.training
        )


class FrameShift(_Shift):
    """Let the sound begin later; what then reaches beyond the last frame is lost.

    Args:
        probability: Of each clip.
        max_frames: Largest delay; drawn uniformly from 0 on.

    Raises:
        InputError: If the probability is out of range, or the number not whole and above 0.
    """

    def __init__(self, *, probability: float, max_frames: int) -> None:
        most = checked_count("max_frames", max_frames)
        super().__init__(probability=probability, dim=3, most=most, both_ways=False)


class BandShift(_Shift):
    """Move the spectrogram by a few bands, up or down.

    On a logarithmic axis this is another pitch; on a mel axis nearly so, above 1 kHz.

    Args:
        probability: Of each clip.
        max_bins: Largest shift; drawn uniformly from as many down to as many up.

    Raises:
        InputError: If the probability is out of range, or the number not whole and above 0.
    """

    def __init__(self, *, probability: float, max_bins: int) -> None:
        most = checked_count("max_bins", max_bins)
        super().__init__(probability=probability, dim=2, most=most, both_ways=True)
