"""Band low-pass: the treble that a codec or an old recording has lost, on the spectrogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from instrument_net.augmentation.level_picture import checked_top_db, raised
from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    uniform,
)
from instrument_net.errors import InputError


class BandLowPass(nn.Module):
    """Let the level fall from a random band on.

    Args:
        probability: Of each clip.
        start: Range of the band where it begins, as a share of all bands, drawn uniformly.
        slope_db: Decibel a band.
        top_db: Range of the spectrogram's log scale in decibel.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(
        self, *, probability: float, start: Sequence[float], slope_db: float, top_db: float
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._start = checked_range("start", start, lowest=0, highest=1)
        if not slope_db >= 0:
            raise InputError(f"slope_db must be 0 or above, got {slope_db!r}")
        self.top_db = checked_top_db(top_db)
        self._slope = slope_db / self.top_db

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)`` in [0, 1]; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            bins = chosen.shape[2]
            band = torch.arange(bins, device=chosen.device)
            above = (band - bins * uniform(self._start, chosen)[:, None]).clamp_min(0)
            return raised(chosen, -self._slope * above[:, None, :, None])

        return change_some(
            change, spectrogram, probability=self.probability, training=self.training
        )
