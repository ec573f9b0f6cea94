"""Equaliser: another microphone, by a smooth random frequency response."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    uniform,
)
from instrument_net.augmentation.spectrum import filter_zero_phase

_LOWEST_HZ, _N_OCTAVES = 62.5, 8  # one knot per octave: 62.5 Hz ... 16 kHz
_GRID_BINS = 4097  # fine enough for an octave at 62.5 Hz, and few powers of 10 to compute


def equalise(waveform: Tensor, gain_db: Tensor, *, sample_rate_hz: int) -> Tensor:
    """Return waveforms filtered by a smooth curve through one gain per octave.

    Between two octaves the gain in decibel follows half a period of a cosine over the logarithm of
    frequency; below the first and above the last it is constant.

    Args:
        waveform: ``(batch, samples)``.
        gain_db: Gain at 62.5, 125, ... 16,000 Hz in decibel, ``(batch, 9)``.
        sample_rate_hz: Of the waveform.

    Returns:
        ``(batch, samples)``. Linear in the waveform; silence stays silent.
    """
    grid_hz = torch.linspace(0, sample_rate_hz / 2, _GRID_BINS, device=waveform.device)
    octave = (grid_hz / _LOWEST_HZ).clamp_min(1).log2().clamp_max(_N_OCTAVES - 1e-4)
    below = octave.long()
    share = 0.5 - 0.5 * torch.cos(math.pi * (octave - below))
    curve_db = torch.lerp(gain_db[:, below], gain_db[:, below + 1], share)
    curve = 10 ** (curve_db / 20)

    def gain(frequency_hz: Tensor) -> Tensor:
        size = len(frequency_hz)
        return interpolate(curve[:, None], size, mode="linear", align_corners=True)[:, 0]

    return filter_zero_phase(waveform, gain, sample_rate_hz=sample_rate_hz)


class Equaliser(nn.Module):
    """Change the timbre as another microphone, room and taste would.

    Args:
        probability: Of each clip.
        gain_db: Range of the gain in each octave in decibel, drawn uniformly and independently.
        sample_rate_hz: Of the waveforms.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(
        self, *, probability: float, gain_db: Sequence[float], sample_rate_hz: int
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._gain_db = checked_range("gain_db", gain_db)
        self._sample_rate_hz = sample_rate_hz

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            gains = [uniform(self._gain_db, chosen) for _ in range(_N_OCTAVES + 1)]
            return equalise(chosen, torch.stack(gains, dim=1), sample_rate_hz=self._sample_rate_hz)

        return change_some(change, waveform, probability=self.probability, training=self.training)
