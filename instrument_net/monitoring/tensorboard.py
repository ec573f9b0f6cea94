"""TensorBoard: a trainer's writer, and a clip to see and hear."""

from __future__ import annotations

import lightning
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from instrument_net.drawing.spectrogram import plot_spectrogram
from instrument_net.frontend import FrontEnd


def tensorboard_writer(trainer: lightning.Trainer) -> SummaryWriter | None:
    """Return the writer, ``None`` where the trainer logs elsewhere or checks itself."""
    if trainer.sanity_checking or not trainer.is_global_zero:
        return None
    for logger in trainer.loggers:
        if isinstance(logger, TensorBoardLogger):
            writer: SummaryWriter = logger.experiment
            return writer
    return None


def add_clip(
    writer: SummaryWriter,
    tag: str,
    title: str,
    waveform: Tensor,
    front_end: FrontEnd,
    *,
    spectrogram: Tensor | None = None,
) -> None:
    """Add a clip's spectrogram and sound.

    Args:
        writer: Where to.
        tag: The clip's tag; ``/spectrogram`` and ``/sound`` are added to it, since TensorBoard
            shows neither kind where image and sound share one.
        title: Above the spectrogram.
        waveform: ``(num_samples,)``, floating with a peak of at most 1.
        front_end: What the network sees of it, on any device.
        spectrogram: What the network sees of it, ``(1, bins, frames)``, where that is not what the
            front end makes of it.
    """
    if spectrogram is None:
        device = next(front_end.buffers()).device
        with torch.no_grad():
            spectrogram = front_end(waveform[None].to(device))[0][0]
    figure = plot_spectrogram(
        spectrogram[0].cpu().numpy(),
        title=title,
        bin_hz=front_end.bin_hz.cpu().numpy(),
        hop_s=front_end.hop_s,
    )
    writer.add_figure(f"{tag}/spectrogram", figure)
    writer.add_audio(f"{tag}/sound", waveform[None], sample_rate=front_end.sample_rate_hz)
