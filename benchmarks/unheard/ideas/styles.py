"""What one library's recordings sound like, put onto clips of another."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.idea import Idea
from instrument_net.augmentation.level_picture import raised

_N_COSINES = 8  # of the curve over the bands: an instrument's partials are finer than a microphone
_FLOOR_SHARE = 0.05  # of a source's levels in a band lie below its noise floor
_LARGEST = 20 / 60  # of a difference, in units of the picture's 60 dB


class ExchangedStyles(Idea):
    """Half of the training clips get the long-term spectrum and noise floor of another source.

    Two sources differ by the mean difference of their long-term spectra over the classes that both
    have, smoothed over the bands. A drawn share of it is added: the clip lies between the two. The
    curve falls where the other source has no treble: its band limit is part of it.
    """

    question: ClassVar[str] = "measured styles of other sources put onto half of the clips"
    probability: ClassVar[float] = 0.5

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        train = clips.train
        pictures, self._sources = train.spectrograms.float()[:, 0], train.sources
        n_sources = int(self._sources.max()) + 1
        sounds = (pictures.amax(dim=1, keepdim=True) > 0).float()
        spectra = (pictures * sounds).sum(2) / sounds.sum(2).clamp_min(1)  # (n_clips, bands)
        spectra = spectra - spectra.mean(dim=1, keepdim=True)
        self._curves, self._common = _differences(spectra, train.labels, self._sources, n_sources)
        self._floors = torch.stack(
            [_floor(pictures[self._sources == source]) for source in range(n_sources)]
        )

    def styled(self, spectrograms: Tensor, rows: list[int]) -> Tensor:
        """Return the clips, half in the style of a source that shares a class with theirs."""
        own = self._sources[rows]
        chosen = (torch.rand(len(rows)) < self.probability) & self._common[own].any(dim=1)
        if not chosen.any():
            return spectrograms
        own = own[chosen]
        other = torch.multinomial(self._common[own].float(), 1)[:, 0]
        share = torch.rand(len(own))[:, None]
        curve = share * self._curves[own, other]
        changed = raised(spectrograms[chosen], curve[:, None, :, None])
        floor = (share * self._floors[other])[:, None, :, None]
        sounds = changed.amax(dim=(1, 2, 3), keepdim=True) > 0
        result = spectrograms.clone()
        result[chosen] = torch.maximum(changed, floor * sounds)
        return result


def _differences(
    spectra: Tensor, labels: Tensor, sources: Tensor, n_sources: int
) -> tuple[Tensor, Tensor]:
    """Return curves ``(from, to, bands)``, and whether two sources share a class ``(from, to)``."""
    n_classes, n_bands = int(labels.max()) + 1, spectra.shape[1]
    means = torch.zeros(n_sources, n_classes, n_bands)
    has = torch.zeros(n_sources, n_classes)
    for source in range(n_sources):
        for label in labels[sources == source].unique():
            members = (sources == source) & (labels == label)
            means[source, label] = spectra[members].mean(dim=0)
            has[source, label] = 1
    both = has[:, None] * has[None]  # (from, to, classes)
    n_common = both.sum(2)
    difference = means[None] - means[:, None]
    curves = (difference * both[..., None]).sum(2) / n_common.clamp_min(1)[..., None]
    common = n_common > 0
    common.fill_diagonal_(False)
    return _smooth(curves).clamp(-_LARGEST, _LARGEST), common


def _smooth(curves: Tensor) -> Tensor:
    """Return the first cosines of curves over the last axis."""
    n = curves.shape[-1]
    position = (torch.arange(n) + 0.5) / n
    basis = torch.cos(torch.pi * torch.arange(_N_COSINES)[:, None] * position)
    basis = basis / basis.norm(dim=1, keepdim=True)
    smooth: Tensor = curves @ basis.T @ basis
    return smooth


def _floor(pictures: Tensor) -> Tensor:
    """Return the level under which a source's bands hardly fall while it sounds, ``(bands,)``."""
    frames = pictures.transpose(1, 2).flatten(0, 1)  # (frames, bands)
    return frames[frames.amax(dim=1) > 0].quantile(_FLOOR_SHARE, dim=0)
