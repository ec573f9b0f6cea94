"""The state of a run after every epoch and within one: all that it takes to continue exactly."""

from __future__ import annotations

import math
import random
import time
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import Checkpoint

from instrument_net.data.resumable_batches import ResumableBatches

KEY = "resuming"  # of what this adds to a checkpoint


class LastCheckpoint(Checkpoint):
    """Write a checkpoint after every epoch, and within a long one, with all random states.

    To be the last of the callbacks: it keeps the state of the others as they are then. Lightning
    moves checkpoints behind all others, so that this has to be one: before the one that keeps the
    best, it would not know of an epoch that it is the best so far. What stands under its path is
    always complete, also after a kill. Within an epoch nothing is written where worker processes
    load the clips: what they have drawn is not known here. The training metrics of an epoch that
    continues in its middle are those of its second part.

    Args:
        path: Of the file, replaced each time.
        made_of: What the run follows from, as plain values: settings and a digest of the clips.
        every_s: Seconds after which a checkpoint is written within an epoch.
    """

    def __init__(self, path: Path, made_of: dict[str, Any], *, every_s: float) -> None:
        self._path = path
        self._made_of = made_of
        self._every_s = every_s
        self._written_at_s = math.inf
        self._resumed: dict[str, Any] | None = None

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Set the random states and the order to what they were, just before the first batch."""
        if self._resumed is not None:
            _restore(trainer, self._resumed)
        self._written_at_s = time.monotonic()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, *_: Any
    ) -> None:
        """Write the checkpoint within an epoch, if the last one is old or SIGTERM ends the run."""
        batches = _batches(trainer)
        if batches is None or not batches.in_the_middle:
            return
        if trainer.train_dataloader.num_workers > 0:  # type: ignore[union-attr]
            return
        is_old = time.monotonic() - self._written_at_s >= self._every_s
        if is_old or trainer.received_sigterm:  # Lightning ends the run behind this step
            self._write(trainer)

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Write the checkpoint."""
        self._write(trainer)

    def _write(self, trainer: lightning.Trainer) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        trainer.save_checkpoint(part)
        if trainer.is_global_zero:
            part.replace(self._path)
        self._written_at_s = time.monotonic()

    def on_save_checkpoint(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        checkpoint: dict[str, Any],
    ) -> None:
        """Add what Lightning does not keep."""
        checkpoint[KEY] = {"made_of": self._made_of, **_states(trainer)}

    def on_load_checkpoint(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        checkpoint: dict[str, Any],
    ) -> None:
        """Remember what is to be restored when training starts."""
        self._resumed = checkpoint[KEY]


def _states(trainer: lightning.Trainer) -> dict[str, Any]:
    """Return random and sampler states as tensors and plain values: a checkpoint runs no code."""
    batches = _batches(trainer)
    version, numbers, gauss = random.getstate()
    # The global generator, from which libraries draw.
    kind, keys, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    words = np.asarray(keys, dtype=np.int64)
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "python": [version, list(numbers), gauss],
        "numpy": [str(kind), torch.from_numpy(words), position, has_gauss, cached],
        "batches": None if batches is None else batches.state_dict(),
    }


def _restore(trainer: lightning.Trainer, states: dict[str, Any]) -> None:
    torch.set_rng_state(states["torch"])
    if states["cuda"] and torch.cuda.device_count() == len(states["cuda"]):
        torch.cuda.set_rng_state_all(states["cuda"])
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, position, has_gauss, cached = states["numpy"]
    words = keys.numpy().astype(np.uint32)
    np.random.set_state((kind, words, position, has_gauss, cached))  # noqa: NPY002
    batches = _batches(trainer)
    if batches is not None and states["batches"] is not None:
        batches.load_state_dict(states["batches"])


def _batches(trainer: lightning.Trainer) -> ResumableBatches | None:
    batches = getattr(trainer.train_dataloader, "batch_sampler", None)
    return batches if isinstance(batches, ResumableBatches) else None
