"""How clips are read and batched, whatever the corpus: the settings of ``conf/loading.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self, get_args

import pandas as pd
from torch import Tensor

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.epoch import Epoch, Sampling
from instrument_net.data.extra import ExtraClasses
from instrument_net.data.rendered_views import check_views
from instrument_net.errors import InputError

FEWEST_STEPS = 20  # an epoch, of batch_size=auto
_LARGEST_BATCH = 64
_CHOICES = {
    "extra_classes": get_args(ExtraClasses),
    "on_error": ("skip", "raise"),
    "sampling": get_args(Sampling),
}


@dataclass(frozen=True)
class Loading:
    """The settings of a data module that are neither corpus, split, front end nor augmentation.

    Attributes:
        extra_classes: Which clips of an extra corpus: ``all``, or only those whose class the corpus
            has too (``shared``). ``auxiliary``: all, but classes that the corpus does not have are
            learnt beside the others and are no outputs of the network.
        views: How many augmented versions of each clip are rendered once, for all epochs, folds and
            runs, see :class:`~instrument_net.data.rendered_views.RenderedViews`; ``None``:
            waveforms are augmented again in every epoch.
        store_dir: Folder of decoded waveforms, kept between runs.
        batch_size: Clips a batch. ``auto``: 64, or fewer where an epoch of training would have
            fewer than 20 steps.
        sampling: ``shuffled``: every training clip once an epoch; ``class_balanced``: as many
            clips, equally many of every class; ``class_source_balanced``: these from all sources
            of the class, see :class:`~instrument_net.data.epoch.Epoch`.
        on_error: What to do with a file that cannot be decoded: ``skip`` it, naming it on screen
            and in ``rejected``, or ``raise``.
        num_workers: Loader processes. 0 is right in most cases: a batch is one copy out of a
            memory map.
        shares: Extra corpus -> its share of the clips of an epoch, above 0 and, all together, below
            1; of those that are not named, an epoch has as many clips as there are.
        near_duplicates: Whether clips that are the same recording at another level, cut, rate or
            codec are found and kept in one split, see :mod:`instrument_net.data.near_duplicates`.
        epoch_clips: Clips that an epoch of training draws, see
            :class:`~instrument_net.data.epoch.Epoch`; ``None``: as many as there are.
        joined_notes: Share of the training clips that become phrases, see
            :class:`~instrument_net.data.joined_notes.JoinedNotes`; it takes views.
    """

    extra_classes: ExtraClasses
    views: int | None
    store_dir: str | Path
    batch_size: int | Literal["auto"]
    sampling: Sampling
    on_error: Literal["skip", "raise"]
    num_workers: int
    shares: Mapping[str, float] = field(default_factory=dict)
    near_duplicates: bool = False
    epoch_clips: int | None = None
    joined_notes: float = 0.0

    def check(self, augmentation: AugmentationChain | None) -> None:
        """Refuse a setting that is out of range, or views that do not suit the augmentation.

        Raises:
            InputError: Naming the setting.
        """
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                listed = ", ".join(map(repr, choices[:-1])) + f" or {choices[-1]!r}"
                raise InputError(f"{name} must be {listed}, got {value!r}")
        if self.batch_size != "auto" and self.batch_size < 1:
            raise InputError(f"batch_size must be at least 1, or 'auto', got {self.batch_size}")
        bad = next((name for name, share in self.shares.items() if not 0 < share < 1), None)
        if bad is not None or sum(self.shares.values()) >= 1:
            listed = ", ".join(f"{name} {share}" for name, share in self.shares.items())
            raise InputError(
                f"the shares of extra corpora must be above 0 and, all together, below 1, got "
                f"{listed}; the rest is the corpus itself"
            )
        if self.epoch_clips is not None and self.epoch_clips < 1:
            raise InputError(f"epoch_clips must be at least 1, or null, got {self.epoch_clips}")
        if not 0 <= self.joined_notes <= 1:
            raise InputError(f"joined_notes must be from 0 to 1, got {self.joined_notes}")
        if self.joined_notes and self.views is None:
            raise InputError(
                "joined_notes puts rendered spectrograms together: set views to 1 or more"
            )
        if self.views is not None:
            check_views(self.views, augmentation)

    def batch_of(self, n_training_clips: int) -> int:
        """Return how many clips a batch has.

        Args:
            n_training_clips: Of an epoch of training; 0 where nothing is trained.

        >>> loading = Loading("all", None, "store", "auto", "shuffled", "skip", 0)
        >>> [loading.batch_of(n) for n in (0, 10, 32, 39, 400, 10_000)]
        [64, 1, 1, 2, 21, 64]
        """
        if self.batch_size != "auto":
            return self.batch_size
        if not n_training_clips:
            return _LARGEST_BATCH
        # The largest of which more than 19 batches are needed.
        return min(_LARGEST_BATCH, max(1, (n_training_clips - 1) // (FEWEST_STEPS - 1)))

    def epoch(self, labels: Tensor, clips: pd.DataFrame) -> Epoch:
        """Return what an epoch draws of training clips, see :class:`Epoch`."""
        return Epoch(labels, clips, self.sampling, self.shares, self.epoch_clips)

    def with_batches_of(self, n_clips: int) -> Self:
        """Return the same settings with this number of clips a batch."""
        return replace(self, batch_size=n_clips)
