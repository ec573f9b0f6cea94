"""Noise floor: what an amplifier, a tape or a room adds, on the spectrogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from instrument_net.augmentation.level_picture import checked_top_db, loudest_at_one
from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    uniform,
)

_RIPPLE_DB = 1.6  # standard deviation of the level of noise in one band and frame


class NoiseFloor(nn.Module):
    """Let no band and frame be quieter than a noise whose level is a straight line over the bands.

    Args:
        probability: Of each clip.
        level_db: Range of its level below the clip's loudest point in decibel, drawn uniformly.
        tilt_db: Range of the rise from the lowest to the highest band in decibel, drawn uniformly.
        top_db: Range of the spectrogram's log scale in decibel.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(
        self,
        *,
        probability: float,
        level_db: Sequence[float],
        tilt_db: Sequence[float],
        top_db: float,
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._level_db = checked_range("level_db", level_db, lowest=0)
        self._tilt_db = checked_range("tilt_db", tilt_db)
        self.top_db = checked_top_db(top_db)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)`` in [0, 1]; silence stays silent."""
        return change_some(
            self._change, spectrogram, probability=self.probability, training=self.training
        )

    def _change(self, chosen: Tensor) -> Tensor:
        share = torch.linspace(0, 1, chosen.shape[2], device=chosen.device)
        line_db = uniform(self._tilt_db, chosen)[:, None] * share
        line_db = line_db - uniform(self._level_db, chosen)[:, None]
        noise_db = line_db[:, None, :, None] + _RIPPLE_DB * torch.randn_like(chosen)
        sounds = chosen.amax(dim=(1, 2, 3), keepdim=True) > 0
        return loudest_at_one(torch.maximum(chosen, 1 + noise_db / self.top_db) * sounds)
