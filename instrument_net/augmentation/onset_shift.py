"""Onset shift: the same sound, later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from instrument_net.augmentation.excerpt import excerpt, sounding_part
from instrument_net.augmentation.per_clip import (
    Range,
    change_some,
    checked_probability,
    checked_range,
    uniform,
)


def delay(waveform: Tensor, limits_samples: Range, position: Tensor) -> Tensor:
    """Return waveforms that begin later, with zeros before them.

    Args:
        waveform: ``(batch, samples)``.
        limits_samples: Least and greatest delay in samples, >= 0. Both are reduced where the sound
            would lose its end: a sound that lasts to the clip's end is not moved.
        position: Position of the delay between its limits, in [0, 1], ``(batch,)``.
    """
    _, end = sounding_part(waveform)
    num_samples = waveform.shape[1]
    least, greatest = ((num_samples - end).clamp_max(round(limit)) for limit in limits_samples)
    taken = torch.lerp(least.float(), greatest.float(), position).round().long()
    return excerpt(waveform, -taken, torch.full_like(taken, num_samples))


class OnsetShift(nn.Module):
    """Let the sound begin later, within the padded length.

    Args:
        probability: Of each clip.
        delay_s: Range in seconds, drawn uniformly from the part of it that keeps the sound whole.
        sample_rate_hz: Of the waveforms.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(
        self, *, probability: float, delay_s: Sequence[float], sample_rate_hz: int
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        low_s, high_s = checked_range("delay_s", delay_s, lowest=0)
        self._limits_samples = (low_s * sample_rate_hz, high_s * sample_rate_hz)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            return delay(chosen, self._limits_samples, uniform((0, 1), chosen))

        return change_some(change, waveform, probability=self.probability, training=self.training)
