"""How clips are read and batched, whatever the corpus: the settings of ``conf/loading.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.rendered_views import check_views
from instrument_net.errors import InputError

FEWEST_STEPS = 20  # an epoch, of batch_size=auto
_LARGEST_BATCH = 64
_CHOICES = {
    "extra_classes": ("all", "shared"),
    "on_error": ("skip", "raise"),
    "sampling": ("shuffled", "class_balanced"),
}


@dataclass(frozen=True)
class Loading:
    """The settings of a data module that are neither corpus, split, front end nor augmentation.

    Attributes:
        extra_classes: Which clips of an extra corpus: ``all``, or only those whose class the corpus
            has too (``shared``).
        views: How many augmented versions of each clip are rendered once, for all epochs, folds and
            runs, see :class:`~instrument_net.data.rendered_views.RenderedViews`; ``None``:
            waveforms are augmented again in every epoch.
        store_dir: Folder of decoded waveforms, kept between runs.
        batch_size: Clips a batch. ``auto``: 64, or fewer where an epoch of training would have
            fewer than 20 steps.
        sampling: ``shuffled``: every training clip once an epoch; ``class_balanced``: as many
            clips, equally many of every class, see
            :class:`~instrument_net.data.class_balanced_sampler.ClassBalancedSampler`.
        on_error: What to do with a file that cannot be decoded: ``skip`` it, naming it on screen
            and in ``rejected``, or ``raise``.
        num_workers: Loader processes. 0 is right in most cases: a batch is one copy out of a
            memory map.
    """

    extra_classes: Literal["all", "shared"]
    views: int | None
    store_dir: str | Path
    batch_size: int | Literal["auto"]
    sampling: Literal["shuffled", "class_balanced"]
    on_error: Literal["skip", "raise"]
    num_workers: int

    def check(self, augmentation: AugmentationChain | None) -> None:
        """Refuse a setting that is out of range, or views that do not suit the augmentation.

        Raises:
            InputError: Naming the setting.
        """
        for name, (one, other) in _CHOICES.items():
            value = getattr(self, name)
            if value not in (one, other):
                raise InputError(f"{name} must be {one!r} or {other!r}, got {value!r}")
        if self.batch_size != "auto" and self.batch_size < 1:
            raise InputError(f"batch_size must be at least 1, or 'auto', got {self.batch_size}")
        if self.views is not None:
            check_views(self.views, augmentation)

    def batch_of(self, n_training_clips: int) -> int:
        """Return how many clips a batch has.

        Args:
            n_training_clips: Of the training split; 0 where nothing is trained.

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

    def with_batches_of(self, n_clips: int) -> Self:
        """Return the same settings with this number of clips a batch."""
        return replace(self, batch_size=n_clips)
