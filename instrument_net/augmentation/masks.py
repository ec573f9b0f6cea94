"""Masks: SpecAugment's gaps in time and in frequency."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn
from torchaudio.transforms import FrequencyMasking, TimeMasking

from instrument_net.augmentation.per_clip import change_some, checked_count, checked_probability


class _Masks(nn.Module):
    """Blank out stretches of one axis of the spectrogram."""

    acts_on: ClassVar = "spectrogram"

    def __init__(
        self,
        masking: type[TimeMasking] | type[FrequencyMasking],
        *,
        probability: float,
        n_masks: int,
        width: int,
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        masks = [masking(width, iid_masks=True) for _ in range(checked_count("n_masks", n_masks))]
        self._masks = nn.Sequential(*masks)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return spectrograms ``(batch, 1, bins, frames)``, 0 where masked, as in silence."""
        return change_some(
            self._masks, spectrogram, probability=self.probability, training=self.training
        )


class TimeMasks(_Masks):
    """Blank out frames of the spectrogram; the features remain those of the whole clip.

    Args:
        probability: Of each clip.
        n_masks: Masks per clip; they may overlap.
        max_frames: Largest width of a mask; width and position are drawn uniformly.

    Raises:
        InputError: If the probability is out of range, or a number is not whole and above 0.

    References:
        Park et al., "SpecAugment", Interspeech 2019.
    """

    def __init__(self, *, probability: float, n_masks: int, max_frames: int) -> None:
        width = checked_count("max_frames", max_frames)
        super().__init__(TimeMasking, probability=probability, n_masks=n_masks, width=width)


class FrequencyMasks(_Masks):
    """Blank out neighbouring bins of the spectrogram; the features remain those of the whole clip.

    Args:
        probability: Of each clip.
        n_masks: Masks per clip; they may overlap.
        max_bins: Largest width of a mask; width and position are drawn uniformly.

    Raises:
        InputError: If the probability is out of range, or a number is not whole and above 0.

    References:
        Park et al., "SpecAugment", Interspeech 2019.
    """

    def __init__(self, *, probability: float, n_masks: int, max_bins: int) -> None:
        width = checked_count("max_bins", max_bins)
        super().__init__(FrequencyMasking, probability=probability, n_masks=n_masks, width=width)
