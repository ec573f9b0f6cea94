"""Frequency masks: SpecAugment's gaps in frequency."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn
from torchaudio.transforms import FrequencyMasking

from instrument_net.augmentation.per_clip import change_some, checked_count, checked_probability


class FrequencyMasks(nn.Module):
    """Blank out neighbouring bins of the spectrogram; the features stay those of the whole clip.

    Args:
        probability: Of each clip.
        n_masks: Masks a clip; they may overlap.
        max_bins: A mask is this wide at most; drawn uniformly, as is its place.

    Raises:
        ValueError: If the probability is out of range, or a number is not whole and above 0.

    References:
        Park et al., "SpecAugment", Interspeech 2019.
    """

    acts_on: ClassVar = "spectrogram"

    def __init__(self, *, probability: float, n_masks: int, max_bins: int) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        width = checked_count("max_bins", max_bins)
        masks = [
            FrequencyMasking(width, iid_masks=True)
            for _ in range(checked_count("n_masks", n_masks))
        ]
        self._masks = nn.Sequential(*masks)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Return spectrograms ``(batch, 1, bins, frames)``, 0 where masked: as in silence."""
        return change_some(
            self._masks, spectrogram, probability=self.probability, training=self.training
        )
