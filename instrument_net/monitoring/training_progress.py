"""The progress bar of training: rate in clips/s and the figures that tell how it goes."""

from __future__ import annotations

import time
from typing import Any

import lightning
from lightning.pytorch.callbacks import RichProgressBar
from rich.progress import BarColumn

_SHOWN = {
    "clips_per_s": ("clips/s", "{:.1f}"),
    "train/loss": ("loss", "{:.3f}"),
    "validation/loss": ("val. loss", "{:.3f}"),
    "validation/macro_f1": ("F1", "{:.3f}"),
}

_READ_EVERY_S = 1.0  # reading a figure makes the host wait for the device


class TrainingProgress(RichProgressBar):
    """Lightning's rich bar, one line per epoch kept on screen, with short names."""

    def __init__(self) -> None:
        super().__init__(leave=True)
        self._read_s = -_READ_EVERY_S
        self._shown: dict[str, int | str | float | dict[str, float]] = {}

    def configure_columns(self, trainer: lightning.Trainer) -> list[Any]:
        """Return Lightning's columns, with a short bar and no batches/s: clips/s says it better."""
        description, _, *others, _ = super().configure_columns(trainer)
        return [description, BarColumn(bar_width=10), *others]

    def get_metrics(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> dict[str, int | str | float | dict[str, float]]:
        """Return what stands behind the bar, read anew once a second and at an epoch's end."""
        del pl_module
        now_s = time.perf_counter()
        if trainer.training and now_s - self._read_s < _READ_EVERY_S and not trainer.is_last_batch:
            return self._shown
        self._read_s = now_s
        metrics = trainer.callback_metrics
        self._shown = {
            short: style.format(float(metrics[name]))
            for name, (short, style) in _SHOWN.items()
            if name in metrics
        }
        return self._shown
