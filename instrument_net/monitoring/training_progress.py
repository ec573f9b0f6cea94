"""The progress bar of training: rate in clips/s and the figures that tell how it goes."""

from __future__ import annotations

import lightning
from lightning.pytorch.callbacks import RichProgressBar

_SHOWN = {
    "clips_per_s": ("clips/s", "{:.1f}"),
    "train/loss": ("loss", "{:.3f}"),
    "validation/loss": ("validation loss", "{:.3f}"),
    "validation/macro_f1": ("macro-F1", "{:.3f}"),
}


class TrainingProgress(RichProgressBar):
    """Lightning's rich bar, one line per epoch kept on screen, with short names."""

    def __init__(self) -> None:
        super().__init__(leave=True)

    def get_metrics(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> dict[str, int | str | float | dict[str, float]]:
        """Return what stands behind the bar."""
        del pl_module
        metrics = trainer.callback_metrics
        return {
            short: style.format(float(metrics[name]))
            for name, (short, style) in _SHOWN.items()
            if name in metrics
        }
