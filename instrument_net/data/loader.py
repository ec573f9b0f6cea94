"""Stored waveforms -> batches of (spectrogram, features, label)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.store import FULL_SCALE, WaveformStore
from instrument_net.frontend import FrontEnd

Batch = tuple[Tensor, Tensor, Tensor]


class ClipDataset(Dataset[tuple[Tensor, Tensor]]):
    """A chosen part of a store, with labels.

    Args:
        store: The decoded waveforms.
        indices: Positions in the store, in the order of this dataset.
        labels: Class index of each of them, int64 ``(len(indices),)``, or the probability of each
            class, ``(len(indices), n_classes)``.
        pin_memory: Whether batches are put where a GPU can fetch them by itself.
    """

    def __init__(
        self, store: WaveformStore, indices: Tensor, labels: Tensor, *, pin_memory: bool = False
    ) -> None:
        self._store = store
        self._pin_memory = pin_memory
        self._indices = indices
        self.labels = labels

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return one int16 waveform ``(num_samples,)`` and its label."""
        waveforms, labels = self.__getitems__([index])
        return waveforms[0], labels[0]

    def __getitems__(self, indices: list[int]) -> tuple[Tensor, Tensor]:
        """Return a whole batch at once: the loader's way to copy each clip a single time."""
        positions = self._indices[indices].tolist()
        return self._store.batch(positions, pin_memory=self._pin_memory), self.labels[indices]

    def first_of_each_class(self, n_classes: int) -> tuple[Tensor, Tensor, list[int]]:
        """Return one clip of each of the first classes that have any.

        Args:
            n_classes: How many at most.

        Returns:
            int16 waveforms ``(n, num_samples)``, their labels as the dataset has them, and the
            index of each one's class, rising.
        """
        codes = (self.labels if self.labels.ndim == 1 else self.labels.argmax(dim=1)).tolist()
        classes = sorted(set(codes))[:n_classes]
        return *self.__getitems__([codes.index(code) for code in classes]), classes


class FrontEndLoader(DataLoader[tuple[Tensor, Tensor]]):
    """A data loader that yields (spectrogram, features, label), made on ``device``.

    Waveforms travel as the store's 16-bit integers, and the front end runs once per batch where
    the network runs, instead of once per clip in a worker.

    Args:
        dataset: The clips.
        front_end: Waveforms -> (spectrogram, features).
        device: Where batches are made.
        augmentation: Changes waveforms and spectrograms, where they are made; its waveforms
            have a full scale of 1.
        **options: Passed to :class:`torch.utils.data.DataLoader`.
    """

    def __init__(
        self,
        dataset: ClipDataset,
        *,
        front_end: FrontEnd,
        device: torch.device,
        augmentation: AugmentationChain | None = None,
        **options: Any,
    ) -> None:
        # __getitems__ has already built the batch.
        options.setdefault("collate_fn", as_it_is)
        self.clips = dataset
        super().__init__(dataset, **options)
        self.front_end = front_end
        self.device = device
        self.augmentation = augmentation

    def __iter__(self) -> Iterator[Batch]:  # type: ignore[override]
        """Yield (spectrogram ``(batch, 1, bins, frames)``, features ``(batch, n)``, label)."""
        for waveforms, labels in super().__iter__():
            waveforms = waveforms.to(self.device, non_blocking=True)
            labels = labels.to(self.device, non_blocking=True)
            yield self._batch(waveforms, labels)

    @torch.no_grad()  # not around the yield: there it would apply to the code that uses the batch
    def _batch(self, waveforms: Tensor, labels: Tensor) -> Batch:
        if self.augmentation is None:
            return *self.front_end(waveforms), labels
        waveforms, labels = self.augmentation.augment_waveforms(waveforms / FULL_SCALE, labels)
        spectrogram, features = self.front_end(waveforms)
        return self.augmentation.augment_spectrograms(spectrogram), features, labels


def as_it_is(batch: Any) -> Any:
    """Return the batch: what a dataset built whole needs no collation."""
    return batch
