"""Frame crop: a shorter sound, on the spectrogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from instrument_net.augmentation.level_picture import checked_top_db, loudest_at_one
from instrument_net.augmentation.moved_picture import moved
from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    log_uniform,
    uniform,
)


class FrameCrop(nn.Module):
    """Keep some frames of the sound and let it fade out after them.

    The start is skipped for a part of the clips: an attack that is missing shall not surprise.

    Args:
        probability: Of each clip.
        frames: Range of the number of frames that are kept; its logarithm is drawn uniformly.
        skip_probability: Of each changed clip: whether its start is skipped.
        skip_frames: Range of the frames that are skipped then, drawn uniformly.
        fade_db: Range of the decay after them in decibel a frame, drawn uniformly.
        top_db: Range of the spectrogram's log scale in decibel.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(
        self,
        *,
        probability: float,
        frames: Sequence[float],
        skip_probability: float,
        skip_frames: Sequence[float],
        fade_db: Sequence[float],
        top_db: float,
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._frames = checked_range("frames", frames, lowest=1)
        self._skip_probability = checked_probability(skip_probability)
        self._skip_frames = checked_range("skip_frames", skip_frames, lowest=0)
        self._fade_db = checked_range("fade_db", fade_db, lowest=0)
        self.top_db = checked_top_db(top_db)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return pictures ``(batch, 1, bins, frames)`` in [0, 1]; silence stays silent."""
        return change_some(
            self._change, spectrogram, probability=self.probability, training=self.training
        )

    def _change(self, chosen: Tensor) -> Tensor:
        skips = uniform((0, 1), chosen) < self._skip_probability
        skipped = (uniform(self._skip_frames, chosen) * skips).long()
        kept = log_uniform(self._frames, chosen).long()
        fade = uniform(self._fade_db, chosen) / self.top_db
        frame = torch.arange(chosen.shape[3], device=chosen.device)
        behind = (frame - kept[:, None] + 1).clamp_min(0)
        lowered = moved(chosen, -skipped, dim=3) - (behind * fade[:, None])[:, None, None]
        return loudest_at_one(lowered.clamp_min(0))
