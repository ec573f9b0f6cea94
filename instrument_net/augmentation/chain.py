"""The augmentations of a run, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError

_STAGES = ("waveform", "waveform and label", "spectrogram")


class AugmentationChain(nn.Module):
    """Named augmentations, one after the other: first those of waveforms, then of spectrograms.

    An augmentation is a module with a ``probability`` and an ``acts_on``, the kind of its inputs
    and outputs: ``waveform``, ``waveform and label`` or ``spectrogram``. Each draws anew for every
    clip from torch's global generators. In evaluation mode nothing is changed.

    Args:
        augmentations: Name -> augmentation, in the order in which they are applied. Those with a
            probability of 0 are left out.
        settings: Name -> the arguments of each, plain values: the key of a cache of augmented
            clips.

    Attributes:
        settings: Those of the augmentations of waveforms that are applied, if they were passed.

    Raises:
        InputError: If the ``acts_on`` of one is missing or unknown.

    >>> from instrument_net.augmentation import Mixup, PolarityInversion
    >>> chain = AugmentationChain(
    ...     {"polarity": PolarityInversion(probability=1), "mixup": Mixup(probability=0, alpha=0.4)}
    ... )
    >>> chain.describe()
    'polarity 100%'
    >>> chain.augment_waveforms(torch.tensor([[0.5, -1.0]]), torch.tensor([3]))
    (tensor([[-0.5000,  1.0000]]), tensor([3]))
    """

    def __init__(
        self,
        augmentations: Mapping[str, nn.Module],
        *,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        for name, augmentation in augmentations.items():
            if getattr(augmentation, "acts_on", None) not in _STAGES:
                raise InputError(
                    f"{name}: {type(augmentation).__name__} is no augmentation: its acts_on is "
                    f"none of {', '.join(_STAGES)}"
                )
        active = {name: a for name, a in augmentations.items() if a.probability}
        self.waveform_augmentations = nn.ModuleDict(
            {name: a for name, a in active.items() if a.acts_on != "spectrogram"}
        )
        self.spectrogram_augmentations = nn.ModuleDict(
            {name: a for name, a in active.items() if a.acts_on == "spectrogram"}
        )
        self.settings = settings and {name: settings[name] for name in self.waveform_augmentations}

    @property
    def active(self) -> bool:
        """Whether any augmentation is applied."""
        return len(self.waveform_augmentations) + len(self.spectrogram_augmentations) > 0

    def describe(self) -> str:
        """Return the names in their order, each with the share of clips that it changes."""
        stages = [*self.waveform_augmentations.items(), *self.spectrogram_augmentations.items()]
        return ", ".join(f"{name} {a.probability:.0%}" for name, a in stages) or "none"

    @property
    def mixes_labels(self) -> bool:
        """Whether labels must be probabilities of classes."""
        return any(a.acts_on == "waveform and label" for a in self.waveform_augmentations.values())

    def check_picture(self, picture: Mapping[str, Any]) -> None:
        """Refuse augmentations that change levels, where the spectrogram holds none of this range.

        These have a ``top_db``.

        Args:
            picture: Settings of the spectrogram, ``front_end.settings["spectrogram"]``.

        Raises:
            InputError: Naming the first that does not fit.
        """
        scale, range_db = picture["scale"], float(picture["top_db"])
        for name, augmentation in self.spectrogram_augmentations.items():
            top_db = getattr(augmentation, "top_db", None)
            if top_db is None:
                continue
            if scale != "log":
                raise InputError(
                    f"augment.{name} changes levels in decibel, and frontend.spectrogram.scale is "
                    f"{scale}: set it to log, or augment.{name}.probability=0"
                )
            if top_db != range_db:
                raise InputError(
                    f"augment.{name}.top_db is {top_db:g}, and frontend.spectrogram.top_db "
                    f"{range_db:g}: give both the same range"
                )

    @torch.no_grad()
    def augment_waveforms(self, waveform: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """Return changed waveforms and their labels.

        Args:
            waveform: ``(batch, samples)`` float32.
            label: Class of each clip, ``(batch,)``; where :attr:`mixes_labels`, the probability of
                each class, ``(batch, n_classes)``.
        """
        for augmentation in self.waveform_augmentations.values():
            if augmentation.acts_on == "waveform":
                waveform = augmentation(waveform)
            else:
                waveform, label = augmentation(waveform, label)
        return waveform, label

    @torch.no_grad()
    def augment_spectrograms(self, spectrogram: Tensor) -> Tensor:
        """Return changed spectrograms ``(batch, 1, bins, frames)``."""
        for augmentation in self.spectrogram_augmentations.values():
            spectrogram = augmentation(spectrogram)
        return spectrogram
