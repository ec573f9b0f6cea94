"""Throughput of training in clips per second."""

from __future__ import annotations

import time
from typing import Any

import lightning
import torch

from instrument_net.data.resumable_batches import batches_of

_UPDATE_EVERY_S = 1.0


class Throughput(lightning.Callback):
    """Log ``train/clips_per_s``: to the progress bar every second, to the logger every epoch.

    The time is that of the whole training part of an epoch: loading, front end, step. On a GPU the
    clock is read without waiting for the device: the first values of an epoch are too high. Clips
    are those of all processes.
    """

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Start the clock of an epoch that continues in its middle."""
        self._start()

    def on_train_epoch_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Start the clock."""
        self._start()

    def _start(self) -> None:
        self._clips = 0
        self._start_s = self._shown_s = time.perf_counter()

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: Any,
        batch: tuple[torch.Tensor, ...],
        batch_idx: int,
    ) -> None:
        """Count the batch; log the rate once a second and at the end of the epoch."""
        batches = batches_of(trainer.train_dataloader)
        self._clips += len(batch[-1]) if batches is None else batches.n_clips(batch_idx)
        now_s = time.perf_counter()
        if now_s - self._shown_s < _UPDATE_EVERY_S and not trainer.is_last_batch:
            return
        self._shown_s = now_s
        rate = self._clips / (now_s - self._start_s)
        pl_module.log("clips_per_s", rate, logger=False, batch_size=1)
        if trainer.is_last_batch:
            pl_module.log("train/clips_per_s", rate, batch_size=1)
