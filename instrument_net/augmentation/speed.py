"""Speed: pitch, duration and size of the instrument, changed together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torchaudio.functional import resample

from instrument_net.augmentation.per_clip import change_some, checked_probability, checked_range

# Limits the cost of resampling; within a fifth of a semitone of any interval.
_MAX_DENOMINATOR = 48
_MAX_SEMITONES = 12


def play_faster(waveform: Tensor, semitones: float) -> Tensor:
    """Return waveforms played faster, and therefore higher, by resampling.

    Args:
        waveform: ``(batch, samples)``.
        semitones: Interval; below 0 slower and lower. The nearest ratio of small numbers is used.

    Returns:
        ``(batch, samples)``: a slower clip is cut at the end, a faster one is padded with zeros.
    """
    ratio = Fraction(2 ** (semitones / 12)).limit_denominator(_MAX_DENOMINATOR)
    num_samples = waveform.shape[1]
    played = resample(waveform, ratio.numerator, ratio.denominator)[:, :num_samples]
    return pad(played, (0, num_samples - played.shape[1]))


class Speed(nn.Module):
    """Play a clip faster or slower: another pitch, on an instrument of another size.

    The label remains valid for the few semitones that lie between two sizes of one instrument.
    Pitch is never changed without duration: torchaudio's phase vocoder takes 150 ms per clip and
    smears the onset, and the duration of a note depends little on its class.

    Args:
        probability: Of each clip.
        semitones: Range, within an octave up and down, drawn uniformly.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(self, *, probability: float, semitones: Sequence[float]) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._semitones = checked_range(
            "semitones", semitones, lowest=-_MAX_SEMITONES, highest=_MAX_SEMITONES
        )

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            # On the host: the interval determines the shape of the resampling filter.
            intervals = torch.empty(len(chosen)).uniform_(*self._semitones).tolist()
            clips = chosen.split(1)
            return torch.cat([play_faster(c, i) for c, i in zip(clips, intervals, strict=True)])

        return change_some(change, waveform, probability=self.probability, training=self.training)
