"""The confusion matrix of every validation, as an image."""

from __future__ import annotations

import lightning
import pandas as pd

from instrument_net.classifier import InstrumentClassifier
from instrument_net.evaluation.plots import plot_confusion
from instrument_net.monitoring.tensorboard import shows_in_tensorboard, tensorboard_writer


class ConfusionImage(lightning.Callback):
    """Show the confusion matrix, normalised by true class, once per validation."""

    def on_validation_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Add the image ``validation/confusion``: every process counts, the first one draws."""
        if not shows_in_tensorboard(trainer) or not isinstance(pl_module, InstrumentClassifier):
            return
        counted = pl_module.confusion.compute()  # of the clips of all processes
        writer = tensorboard_writer(trainer)
        if writer is None:
            return
        names = list(pl_module.class_names)
        counts = pd.DataFrame(counted.cpu().numpy(), names, names)
        title = f"Validation, epoch {trainer.current_epoch}"
        figure = plot_confusion(counts, normalise=True, title=title)
        writer.add_figure("validation/confusion", figure, trainer.global_step)
