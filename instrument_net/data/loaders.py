"""Divided clips -> the loaders of a data module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from instrument_net.augmentation import AugmentationChain
from instrument_net.data.divided_clips import DividedClips
from instrument_net.data.epoch import Epoch
from instrument_net.data.joined_notes import JoinedNotes
from instrument_net.data.loader import ClipDataset, FrontEndLoader
from instrument_net.data.loading import Loading
from instrument_net.data.process import Process
from instrument_net.data.rendered_views import RenderedViews
from instrument_net.data.resumable_batches import ResumableBatches
from instrument_net.data.store import WaveformStore
from instrument_net.data.view_loader import ViewDataset, ViewLoader
from instrument_net.frontend import FrontEnd


@dataclass(frozen=True)
class Loaders:
    """Make the loaders of any split: clips as they are, or as training has them.

    Attributes:
        store: The decoded waveforms.
        clips: Their splits and classes.
        front_end: Waveforms -> (spectrogram, features).
        augmentation: What training changes about its clips; ``None``: nothing.
        epoch: What an epoch of training draws.
        loading: Size of a batch, views, workers.
        process: Whose batches these are, and where it wants them.
    """

    store: WaveformStore
    clips: DividedClips
    front_end: FrontEnd
    augmentation: AugmentationChain | None
    epoch: Epoch
    loading: Loading
    process: Process

    def plain(self, split: str) -> FrontEndLoader:
        """Return the batches of one split as they are, in the order of the table."""
        return self._plain(split, Process())

    def share_of(self, split: str) -> FrontEndLoader:
        """Return those of this process: each clip of the split is one process' share."""
        return self._plain(split, self.process)

    def _plain(self, split: str, process: Process) -> FrontEndLoader:
        assert self.loading.batch_size != "auto"
        return FrontEndLoader(
            self._dataset(split, self.clips.labels(split), process),
            front_end=self.front_end.to(self._device),
            device=self._device,
            # What a device holds, and the test by one of several processes no more either.
            batch_size=-(-self.loading.batch_size // self.process.world_size),
            **self._workers,
        )

    def training(self) -> FrontEndLoader | ViewLoader:
        """Return the training batches, augmented, in another random order each epoch."""
        labels = self.clips.labels("train")
        assert self.loading.batch_size != "auto"
        options = {
            **self._workers,
            "batch_sampler": ResumableBatches(
                self.epoch.sampler(self.process.order_seed), self.loading.batch_size, self.process
            ),
        }
        front_end = self.front_end.to(self._device)
        augmentation = None if self.augmentation is None else self.augmentation.to(self._device)
        if augmentation is None or self.loading.views is None:
            return FrontEndLoader(
                self.training_clips(),
                front_end=front_end,
                device=self._device,
                augmentation=augmentation,
                **options,
            )
        views = RenderedViews(
            self.store,
            self.loading.views,
            front_end=front_end,
            augmentation=augmentation,
            device=self._device,
        )
        return ViewLoader(
            ViewDataset(views, self.clips.positions("train"), labels, joined=self._joined),
            augmentation=augmentation,
            device=self._device,
            **options,
        )

    def feature_statistics(self) -> tuple[Tensor, Tensor]:
        """Return mean and standard deviation of every feature over the training split.

        Both are float32 ``(n_features,)`` in the features' own units; the deviation is that of
        the population (spec §1.6.2: unit variance over all samples in a column). Measured on the
        clips as they are, not augmented.
        """
        features = torch.cat([features.double().cpu() for _, features, _ in self.plain("train")])
        return features.mean(0).float(), features.std(0, correction=0).float()

    def training_clips(self) -> ClipDataset:
        """Return the training split's waveforms, labelled as the augmentation needs it."""
        labels = self.clips.labels("train")
        if self.augmentation is not None and self.augmentation.mixes_labels:
            labels = one_hot(labels, len(self.clips.targets)).float()
        return self._dataset("train", labels, Process())

    def _dataset(self, split: str, labels: Tensor, process: Process) -> ClipDataset:
        # A worker's pinned memory would not be pinned for this process.
        pin_memory = self._device.type == "cuda" and self.loading.num_workers == 0
        positions = process.share_of(self.clips.positions(split))
        return ClipDataset(self.store, positions, process.share_of(labels), pin_memory=pin_memory)

    @property
    def _device(self) -> torch.device:
        return self.process.device

    @property
    def _joined(self) -> JoinedNotes | None:
        if not self.loading.joined_notes:
            return None
        return JoinedNotes(
            self.clips.of("train"), share=self.loading.joined_notes, hop_s=self.front_end.hop_s
        )

    @property
    def _workers(self) -> dict[str, Any]:
        return {
            "num_workers": self.loading.num_workers,
            "persistent_workers": self.loading.num_workers > 0,
        }
