"""Low-pass: the treble that a lossy codec, an old tape or a telephone removes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor, nn

from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    log_uniform,
)
from instrument_net.augmentation.spectrum import filter_zero_phase

_TRANSITION = 0.1  # from full gain to none: 10 % below to 10 % above the cut-off


def low_pass(waveform: Tensor, cut_off_hz: Tensor, *, sample_rate_hz: int) -> Tensor:
    """Return waveforms without the frequencies above the cut-off.

    The gain is 1 up to 0.9 times the cut-off, 1/2 at the cut-off (-6 dB) and 0 from 1.1 times the
    cut-off on, with a smooth step (a cubic) in between.

    Args:
        waveform: ``(batch, samples)``.
        cut_off_hz: In hertz, > 0, ``(batch,)``.
        sample_rate_hz: Of the waveform.

    Returns:
        ``(batch, samples)``. Linear in the waveform; silence stays silent.
    """
    edge = cut_off_hz[:, None]

    def gain(frequency_hz: Tensor) -> Tensor:
        share = (0.5 + (edge - frequency_hz) / (2 * _TRANSITION * edge)).clamp_(0, 1)
        return share.square() * (3 - 2 * share)

    return filter_zero_phase(waveform, gain, sample_rate_hz=sample_rate_hz)


class LowPass(nn.Module):
    """Remove the frequencies above a random cut-off.

    Args:
        probability: Of each clip.
        cut_off_hz: Range in hertz, > 0; its logarithm is drawn uniformly.
        sample_rate_hz: Of the waveforms.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(
        self, *, probability: float, cut_off_hz: Sequence[float], sample_rate_hz: int
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._cut_off_hz = checked_range("cut_off_hz", cut_off_hz, lowest=1)
        self._sample_rate_hz = sample_rate_hz

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            cut_off_hz = log_uniform(self._cut_off_hz, chosen)
            return low_pass(chosen, cut_off_hz, sample_rate_hz=self._sample_rate_hz)

        return change_some(change, waveform, probability=self.probability, training=self.training)
