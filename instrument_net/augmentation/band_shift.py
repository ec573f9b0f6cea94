"""Band shift: the same sound a little higher or lower, on the spectrogram."""

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


class BandShift(nn.Module):
    """Move the spectrogram by a few bands, up or down.

    On a logarithmic axis this is another pitch; on a mel axis nearly so, above 1 kHz.

    Args:
        probability: Of each clip.
        max_bins: Largest shift; drawn uniformly from as many down to as many up.

    Raises:
        InputError: If the probability is out of range, or the number not whole and above 0.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(self, *, probability: float, max_bins: int) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._max_bins = checked_count("max_bins", max_bins)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            drawn = uniform((-self._max_bins, self._max_bins + 1), chosen)
            return moved(chosen, drawn.floor().long(), dim=2)

        return change_some(
            change, spectrogram, probability=self.probability, training=self.training
        )
