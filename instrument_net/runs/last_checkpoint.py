"""The state of a run after every epoch: all that it takes to continue to the very same weights."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from torch.utils.data import DataLoader

KEY = "resuming"  # of what this adds to a checkpoint


class LastCheckpoint(lightning.Callback):
    """Write a checkpoint after every epoch, with the random states and what the run was made of.

    To be the last of the callbacks: it keeps the state of the others as they are at the end of the
    epoch. What stands under its path is always complete, also after a kill.

    Args:
        path: Of the file, replaced after every epoch.
        made_of: What the run follows from, as plain values: settings and a digest of the clips.
    """

    def __init__(self, path: Path, made_of: dict[str, Any]) -> None:
        self._path = path
        self._made_of = made_of
        self._resumed: dict[str, Any] | None = None

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Set the random states and the sampler to what they were, just before the first batch."""
        if self._resumed is not None:
            _restore(trainer, self._resumed)

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Write the checkpoint."""
        part = self._path.with_name(f"{self._path.name}.part")
        trainer.save_checkpoint(part)
        if trainer.is_global_zero:
            part.replace(self._path)

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
    version, numbers, gauss = random.getstate()
    # The global generator, from which libraries draw.
    kind, keys, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    words = np.asarray(keys, dtype=np.int64)
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "python": [version, list(numbers), gauss],
        "numpy": [str(kind), torch.from_numpy(words), position, has_gauss, cached],
        "sampler": _sampler_state(trainer),
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
    loader = trainer.train_dataloader
    if isinstance(loader, DataLoader) and states["sampler"] is not None:
        loader.sampler.load_state_dict(states["sampler"])  # type: ignore[attr-defined]


def _sampler_state(trainer: lightning.Trainer) -> Any:
    state_dict = getattr(getattr(trainer.train_dataloader, "sampler", None), "state_dict", None)
    return None if state_dict is None else state_dict()
