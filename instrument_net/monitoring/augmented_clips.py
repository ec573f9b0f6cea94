"""Training clips as the network receives them: augmented, to see and hear."""

from __future__ import annotations

from collections.abc import Sequence

import lightning
import torch
from torch import Tensor

from instrument_net.data import InstrumentDataModule
from instrument_net.data.store import FULL_SCALE
from instrument_net.monitoring.tensorboard import add_clip, tensorboard_writer

_LEAST_SHARE = 0.005  # a smaller one rounds to 0 %


class AugmentedClips(lightning.Callback):
    """Show one augmented training clip of each of the first classes, if there is augmentation.

    Its random numbers are not those of training, which has the same result without this callback.

    Args:
        n_clips: Number of clips.
    """

    def __init__(self, n_clips: int = 6) -> None:
        self._n_clips = n_clips

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Add ``augmented/<k>_<label>/{spectrogram,sound}``."""
        writer = tensorboard_writer(trainer)
        datamodule = getattr(trainer, "datamodule", None)
        if (
            writer is None
            or not isinstance(datamodule, InstrumentDataModule)
            or datamodule.augmentation is None
        ):
            return
        clips, labels, codes = datamodule.training_clips().first_of_each_class(self._n_clips)
        device = pl_module.device
        front_end = datamodule.front_end.to(device)
        with (
            torch.random.fork_rng([device] if device.type == "cuda" else []),
            torch.no_grad(),
        ):
            waveforms, labels = datamodule.augmentation.augment_waveforms(
                clips.to(device) / FULL_SCALE, labels.to(device)
            )
            spectrograms, _ = front_end(waveforms)
            spectrograms = datamodule.augmentation.augment_spectrograms(spectrograms)
        peaks = waveforms.abs().amax(dim=1, keepdim=True).clamp_min(1 / FULL_SCALE)
        sounds = (waveforms / peaks).cpu()
        names = datamodule.class_names + datamodule.auxiliary_classes
        for k, code in enumerate(codes):
            add_clip(
                writer,
                f"augmented/{k}_{names[code]}",
                f"augmented: {describe_label(labels[k], names)}",
                sounds[k],
                front_end,
                spectrogram=spectrograms[k],
            )


def describe_label(label: Tensor, class_names: Sequence[str]) -> str:
    """Return the class of a label or, for a mixture, each class with its share.

    Args:
        label: A class index, or the probability of each class, ``(n_classes,)``.
        class_names: Their names, in order.
    """
    if label.ndim == 0:
        return class_names[int(label)]
    shares = {name: share for name, share in zip(class_names, label.tolist(), strict=True)
              if share >= _LEAST_SHARE}  # fmt: skip
    ordered = sorted(shares, key=lambda name: -shares[name])
    return ordered[0] if len(ordered) == 1 else " + ".join(f"{shares[n]:.0%} {n}" for n in ordered)
