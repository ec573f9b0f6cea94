"""A few validation clips to see and hear, with what the network says about them."""

from __future__ import annotations

import lightning
import torch
from torch import Tensor

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.monitoring.tensorboard import add_clip, tensorboard_writer


class ExampleClips(lightning.Callback):
    """Show one validation clip of each of the first classes: spectrogram, sound, prediction.

    Args:
        n_clips: How many clips.
    """

    def __init__(self, n_clips: int = 8) -> None:
        self._n_clips = n_clips

    def on_fit_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Add ``examples/<k>_<label>/{spectrogram,sound}``, judged by the last epoch's network."""
        writer = tensorboard_writer(trainer)
        datamodule = getattr(trainer, "datamodule", None)
        if (
            writer is None
            or not isinstance(pl_module, InstrumentClassifier)
            or not isinstance(datamodule, InstrumentDataModule)
        ):
            return
        waveforms, labels = self._examples(datamodule)
        front_end = pl_module.front_end
        with torch.no_grad():
            spectrogram, features = front_end(waveforms.to(pl_module.device))
            probabilities = pl_module.eval()(spectrogram, features).softmax(dim=1).cpu()
        for k, label in enumerate(labels):
            confidence, predicted = probabilities[k].max(dim=0)
            verdict = "right" if int(predicted) == label else "WRONG"
            title = (
                f"{verdict}: {pl_module.class_names[int(predicted)]} ({confidence:.0%}), "
                f"true: {pl_module.class_names[label]}"
            )
            tag = f"examples/{k}_{pl_module.class_names[label]}"
            add_clip(writer, tag, title, waveforms[k].float() / 32_767, front_end)

    def _examples(self, datamodule: InstrumentDataModule) -> tuple[Tensor, list[int]]:
        clips = datamodule.val_dataloader().clips
        labels = clips.labels.tolist()
        firsts = [labels.index(code) for code in sorted(set(labels))][: self._n_clips]
        waveforms, _ = clips.__getitems__(firsts)
        return waveforms, [labels[index] for index in firsts]
