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
from lightning.pytorch.utilities.exceptions import SIGTERMException

from instrument_net.data.derived_seed import derived_seed
from instrument_net.data.resumable_batches import batches_of
from instrument_net.runs.agreed_stop import AgreedStop

KEY = "resuming"  # of what this adds to a checkpoint


class LastCheckpoint(Checkpoint):
    """Write a checkpoint after every epoch, and within a long one, with all random states.

    To be the last of the callbacks: it keeps the state of the others as they are then. Lightning
    moves checkpoints behind all others, so that this has to be one: before the one that keeps the
    best, it would not know of an epoch that it is the best so far. What stands under its path is
    always complete, also after a kill. Within an epoch nothing is written where worker processes
    load the clips: what they have drawn is not known here. The training metrics of an epoch that
    continues in its middle are those of its second part.

    Where several processes train, all write at the same step, the first one the file; it holds the
    random states of all. A run that continues with another number of processes has the same order
    of clips; what the further processes draw for their clips, augmentation and dropout, begins
    anew.

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
        self._stop = AgreedStop()

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Set the random states and the order to what they were, just before the first batch."""
        if trainer.global_rank > 0:  # its clips are other ones: so is what is drawn for them
            torch.manual_seed(derived_seed(torch.initial_seed(), "process", trainer.global_rank))
        if self._resumed is not None:
            _restore(trainer, self._resumed)
        self._stop.listen(trainer)
        self._written_at_s = time.monotonic()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, *_: Any
    ) -> None:
        """Write the checkpoint within an epoch, if the last one is old or SIGTERM ends the run."""
        batches = batches_of(trainer.train_dataloader)
        if batches is None or not batches.in_the_middle:
            return
        is_old = time.monotonic() - self._written_at_s >= self._every_s
        write, stop = self._stop.agree(trainer, write=is_old)
        if write and not trainer.train_dataloader.num_workers:  # type: ignore[union-attr]
            self._write(trainer)
        if stop and trainer.world_size > 1:  # one process is ended by Lightning
            raise SIGTERMException

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Write the checkpoint."""
        self._write(trainer)
        _, stop = self._stop.agree(trainer, write=False)
        if stop and trainer.world_size > 1:  # one process is ended by Lightning
            raise SIGTERMException

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
        first, *others = _gathered(_states(trainer), trainer.world_size)
        checkpoint[KEY] = {"made_of": self._made_of, **first, "others": others}

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
    batches = batches_of(trainer.train_dataloader)
    version, numbers, gauss = random.getstate()
    # The global generator, from which libraries draw.
    kind, keys, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    words = np.asarray(keys, dtype=np.int64)
    return {
        "torch": torch.get_rng_state(),
        # Of this process' device alone: asking for another one's would take memory there.
        "cuda": [torch.cuda.get_rng_state()] if torch.cuda.is_available() else [],
        "python": [version, list(numbers), gauss],
        "numpy": [str(kind), torch.from_numpy(words), position, has_gauss, cached],
        "batches": None if batches is None else batches.state_dict(),
    }


def _gathered(own: dict[str, Any], world_size: int) -> list[dict[str, Any]]:
    """Return the states of all processes, in their order; each has to call this."""
    if world_size == 1:
        return [own]
    states: list[dict[str, Any]] = [{}] * world_size
    torch.distributed.all_gather_object(states, own)
    return states


def _restore(trainer: lightning.Trainer, resumed: dict[str, Any]) -> None:
    batches = batches_of(trainer.train_dataloader)
    kept = [resumed, *resumed.get("others", [])]
    if trainer.global_rank < len(kept):
        _restore_random(kept[trainer.global_rank])
        taken = kept[trainer.global_rank]["batches"]
    else:
        taken = resumed["batches"] and {**resumed["batches"], "random": None}
    if batches is not None and taken is not None:
        batches.load_state_dict(taken)


def _restore_random(states: dict[str, Any]) -> None:
    torch.set_rng_state(states["torch"])
    if states["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"][0])
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, position, has_gauss, cached = states["numpy"]
    words = keys.numpy().astype(np.uint32)
    np.random.set_state((kind, words, position, has_gauss, cached))  # noqa: NPY002
