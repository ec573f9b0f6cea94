"""Each band at its own mean and deviation over time, in part."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from benchmarks.unheard.ideas.idea import Idea

_TINY = 1e-3  # of the picture's scale: keeps what is steady finite


class RelaxedNormalisation(Idea):
    """Half of the picture normalised by band, half as a whole, over the frames that sound.

    References:
        Kim et al., "Domain generalization with relaxed instance frequency-wise normalization for
        multi-device acoustic scene classification", Interspeech 2022.
    """

    question: ClassVar[str] = "relaxed instance frequency-wise normalisation of the input, half"
    share: ClassVar[float] = 0.5  # of what is normalised band by band

    def inputs(self, spectrograms: Tensor) -> Tensor:
        """Return pictures of mean 0 and deviation 1, 0 where the clip is silent."""
        sounds = (spectrograms.amax(dim=2, keepdim=True) > 0).float()
        by_band = _normalised(spectrograms, sounds, dims=[3])
        as_a_whole = _normalised(spectrograms, sounds, dims=[2, 3])
        return self.share * by_band + (1 - self.share) * as_a_whole


class MildNormalisation(RelaxedNormalisation):
    """A quarter."""

    question: ClassVar[str] = "... a quarter"
    share = 0.25


def _normalised(spectrograms: Tensor, sounds: Tensor, *, dims: list[int]) -> Tensor:
    """Return the pictures at mean 0 and deviation 1 over some axes, where they sound."""
    weight = sounds.expand_as(spectrograms)
    n = weight.sum(dim=dims, keepdim=True).clamp_min(1)
    mean = (spectrograms * weight).sum(dim=dims, keepdim=True) / n
    centred = (spectrograms - mean) * weight
    deviation = (centred.square().sum(dim=dims, keepdim=True) / n).sqrt()
    return centred / (deviation + _TINY)
