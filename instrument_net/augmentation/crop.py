"""Crop: part of the sound instead of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from instrument_net.augmentation.excerpt import excerpt, sounding_part
from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    uniform,
)

_FADE_S = 0.005  # a hard cut would be a click, which contains all frequencies


def crop(waveform: Tensor, share: Tensor, position: Tensor, *, fade_samples: int) -> Tensor:
    """Return a stretch of each clip's sound, moved to time 0, with zeros after it.

    Args:
        waveform: ``(batch, samples)``.
        share: Share of the sound that is kept, in (0, 1], ``(batch,)``.
        position: Position of the stretch, from 0 (beginning) to 1 (end), ``(batch,)``.
        fade_samples: Samples over which a cut edge is faded. Where the sound itself begins or
            ends, nothing is faded.
    """
    begin, end = sounding_part(waveform)
    length = (share * (end - begin)).round().long()
    cut = end - begin - length
    before = (position * cut).round().long()
    kept = excerpt(waveform, begin + before, length)
    index = torch.arange(waveform.shape[1], device=waveform.device)
    fade_in = torch.where(before[:, None] > 0, (index + 1) / fade_samples, 1.0)
    fade_out = torch.where(
        (cut - before)[:, None] > 0, (length[:, None] - index) / fade_samples, 1.0
    )
    return kept.mul_(torch.minimum(fade_in, fade_out).clamp_(0, 1))


class Crop(nn.Module):
    """Keep a random stretch of the sound, like a recording that starts late or is cut off.

    Args:
        probability: Of each clip.
        share: Range of the share that is kept, within (0, 1]; drawn uniformly.
        sample_rate_hz: Of the waveforms.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(self, *, probability: float, share: Sequence[float], sample_rate_hz: int) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._share = checked_range("share", share, lowest=0.01, highest=1)
        self._fade_samples = round(_FADE_S * sample_rate_hz)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            return crop(
                chosen,
                uniform(self._share, chosen),
                uniform((0, 1), chosen),
                fade_samples=self._fade_samples,
            )

        return change_some(change, waveform, probability=self.probability, training=self.training)
