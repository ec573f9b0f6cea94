"""The progress bar of training: clips/s, losses and the monitored metric."""

from __future__ import annotations

import time
from typing import Any

import lightning
from lightning.pytorch.callbacks import RichProgressBar
from rich.progress import BarColumn

_READ_EVERY_S = 1.0  # reading a metric makes the host wait for the device

_CLIPS_PER_S = "clips_per_s"
_LOSSES = ("train/loss", "validation/loss")


class TrainingProgress(RichProgressBar):
    """Lightning's rich bar, one line per epoch that stays on screen, with short names.

    Args:
        monitor: The metric that chooses the best checkpoint, shown beside rate and losses.
    """

    def __init__(self, monitor: str = "validation/macro_f1") -> None:
        super().__init__(leave=True)
        self._names = tuple(dict.fromkeys([_CLIPS_PER_S, *_LOSSES, monitor]))
        self._read_s = -_READ_EVERY_S
        self._shown: dict[str, int | str | float | dict[str, float]] = {}

    def configure_columns(self, trainer: lightning.Trainer) -> list[Any]:
        """Return Lightning's columns, with a short bar and without batches/s: clips/s is shown."""
        description, _, *others, _ = super().configure_columns(trainer)
        return [description, BarColumn(bar_width=10), *others]

    def get_metrics(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> dict[str, int | str | float | dict[str, float]]:
        """Return what stands behind the bar, read once a second and at the end of an epoch."""
        del pl_module
        now_s = time.perf_counter()
        if trainer.training and now_s - self._read_s < _READ_EVERY_S and not trainer.is_last_batch:
            return self._shown
        self._read_s = now_s
        metrics = trainer.callback_metrics
        self._shown = {
            short_name(name): f"{float(metrics[name]):.{1 if name == _CLIPS_PER_S else 3}f}"
            for name in self._names
            if name in metrics
        }
        return self._shown


def short_name(metric: str) -> str:
    """Return the name of a logged value as the progress bar shows it.

    >>> [short_name(name) for name in ("clips_per_s", "train/loss", "validation/macro_f1")]
    ['clips/s', 'loss', 'val. macro F1']
    """
    split, _, name = metric.rpartition("/")
    words = name.replace("_per_", "/").replace("_", " ").replace("f1", "F1")
    return f"val. {words}" if split == "validation" else words
