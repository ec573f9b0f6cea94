"""Gain: the level of a recording, and the clipping of one that is too high."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    uniform,
)


def amplify(waveform: Tensor, gain_db: Tensor) -> Tensor:
    """Return waveforms at another level, clipped at full scale: the peak of each clip.

    Args:
        waveform: ``(batch, samples)``.
        gain_db: ``(batch,)`` in decibel; above 0 the peaks are clipped.
    """
    full_scale = waveform.abs().amax(dim=1, keepdim=True)
    louder = waveform * 10 ** (gain_db[:, None] / 20)
    return louder.clamp(-full_scale, full_scale)


class Gain(nn.Module):
    """Change the level, as another setting of the recorder would.

    Below 0 dB this has no effect on the network: the front end scales every clip to the same peak,
    and the other augmentations are relative to the clip's level. Above 0 dB the peaks are clipped.

    Args:
        probability: Of each clip.
        gain_db: Range in decibel, drawn uniformly.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(self, *, probability: float, gain_db: Sequence[float]) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._gain_db = checked_range("gain_db", gain_db)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)`` with peaks no higher than before."""

        def change(chosen: Tensor) -> Tensor:
            return amplify(chosen, uniform(self._gain_db, chosen))

        return change_some(change, waveform, probability=self.probability, training=self.training)
