"""Polarity: the opposite sign of every sample."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from instrument_net.augmentation.per_clip import change_some, checked_probability


class PolarityInversion(nn.Module):
    """Invert the waveform, as a microphone with swapped wires does.

    It is inaudible, and spectrogram and features stay the same bit for bit; it only changes what
    adds up and what cancels when :class:`Mixup` mixes the clip with another one.

    Args:
        probability: Of each clip.

    Raises:
        InputError: If the probability is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(self, *, probability: float) -> None:
        super().__init__()
        self.probability = checked_probability(probability)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``."""
        return change_some(
            Tensor.neg, waveform, probability=self.probability, training=self.training
        )
