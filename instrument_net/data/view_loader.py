"""Rendered views -> batches of (spectrogram, features, label)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.joined_notes import JoinedNotes
from instrument_net.data.loader import Batch, as_it_is
from instrument_net.data.rendered_views import RenderedViews


class ViewDataset(Dataset[Batch]):
    """A chosen part of a store, with labels, each time in one of its views.

    Args:
        views: The rendered clips.
        indices: Positions in the store, in the order of this dataset.
        labels: Class index of each of them, int64 ``(len(indices),)``.
        joined: Puts notes together to phrases; ``None``: no clip is changed so.
    """

    def __init__(
        self,
        views: RenderedViews,
        indices: Tensor,
        labels: Tensor,
        *,
        joined: JoinedNotes | None = None,
    ) -> None:
        self._views = views
        self._indices = indices
        self._labels = labels
        self._joined = joined

    def __len__(self) -> int:
        return len(self._indices)

    def __getitems__(self, indices: list[int]) -> Batch:
        """Return a whole batch at once, on the CPU, each clip in a view drawn for it."""
        spectrogram, features = self._drawn(indices)
        if self._joined is not None:
            spectrogram = self._joined.join(
                spectrogram, indices, lambda others: self._drawn(others)[0]
            )
        return spectrogram, features, self._labels[indices]

    def _drawn(self, indices: list[int]) -> tuple[Tensor, Tensor]:
        drawn = torch.randint(self._views.n_views, (len(indices),)).tolist()
        return self._views.batch(self._indices[indices].tolist(), drawn)


class ViewLoader(DataLoader[Batch]):
    """A data loader that yields (spectrogram, features, label) on ``device``.

    Args:
        dataset: The clips.
        augmentation: Its part that changes spectrograms, where the batch is.
        device: Where batches are wanted.
        **options: Passed to :class:`torch.utils.data.DataLoader`.
    """

    def __init__(
        self,
        dataset: ViewDataset,
        *,
        augmentation: AugmentationChain,
        device: torch.device,
        **options: Any,
    ) -> None:
        super().__init__(dataset, collate_fn=as_it_is, **options)
        self.augmentation = augmentation
        self.device = device

    def __iter__(self) -> Iterator[Batch]:  # type: ignore[override]
        """Yield (spectrogram ``(batch, 1, bins, frames)``, features ``(batch, n)``, label)."""
        for batch in super().__iter__():
            spectrogram, features, label = (
                tensor.to(self.device, non_blocking=True) for tensor in batch
            )
            yield self.augmentation.augment_spectrograms(spectrogram), features, label
