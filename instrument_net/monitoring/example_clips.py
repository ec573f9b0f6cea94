"""Validation clips to see and hear, with their predictions."""

from __future__ import annotations

import lightning
import torch

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.data.store import FULL_SCALE
from instrument_net.monitoring.tensorboard import add_clip, tensorboard_writer


class ExampleClips(lightning.Callback):
    """Show one validation clip of each of the first classes: spectrogram, sound, prediction.

    Args:
        n_clips: Number of clips.
    """

    def __init__(self, n_clips: int = 8) -> None:
        self._n_clips = n_clips

    def on_fit_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Add ``examples/<k>_<label>/{spectrogram,sound}``, predicted after the last epoch."""
        writer = tensorboard_writer(trainer)
        datamodule = getattr(trainer, "datamodule", None)
        if (
            writer is None
            or not isinstance(pl_module, InstrumentClassifier)
            or not isinstance(datamodule, InstrumentDataModule)
        ):
            return
        waveforms, _, labels = datamodule.loader("validation").clips.first_of_each_class(
            self._n_clips
        )
        front_end = pl_module.front_end
        with torch.no_grad():
            spectrogram, features = front_end(waveforms.to(pl_module.device))
            probabilities = pl_module.eval()(spectrogram, features).softmax(dim=1).cpu()
        for k, label in enumerate(labels):
            confidence, predicted = probabilities[k].max(dim=0)
            outcome = "correct" if int(predicted) == label else "WRONG"
            title = (
                f"{outcome}: {pl_module.class_names[int(predicted)]} ({confidence:.0%}), "
                f"true: {pl_module.class_names[label]}"
            )
            tag = f"examples/{k}_{pl_module.class_names[label]}"
            add_clip(writer, tag, title, waveforms[k] / FULL_SCALE, front_end)
