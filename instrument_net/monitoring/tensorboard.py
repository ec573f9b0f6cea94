"""TensorBoard: the writer of a trainer, and a clip to see and hear."""

from __future__ import annotations

import lightning
import torch
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from instrument_net.drawing.spectrogram import plot_spectrogram
from instrument_net.frontend import FrontEnd


def tensorboard_writer(trainer: lightning.Trainer) -> SummaryWriter | None:
    """Return the writer, of the first process; ``None`` where nothing is shown in TensorBoard."""
    logger = _logger(trainer)
    if logger is None or not trainer.is_global_zero:
        return None
    writer: SummaryWriter = logger.experiment
    return writer


def shows_in_tensorboard(trainer: lightning.Trainer) -> bool:
    """Return whether the first process has a writer: the same answer in every process.

    What is shown may be computed by all processes together; then none may be missing.
    """
    return _logger(trainer) is not None


def _logger(trainer: lightning.Trainer) -> TensorBoardLogger | None:
    """Return the logger; ``None`` in a sanity check or where the trainer logs elsewhere."""
    if trainer.sanity_checking:
        return None
    return next((one for one in trainer.loggers if isinstance(one, TensorBoardLogger)), None)


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
        writer: Of the run.
        tag: Of the clip; ``/spectrogram`` and ``/sound`` are appended, since TensorBoard shows
            neither where image and sound share a tag.
        title: Title of the spectrogram.
        waveform: ``(num_samples,)``, floating point with a peak of at most 1.
        front_end: Computes the spectrogram, on any device.
        spectrogram: ``(1, bins, frames)``, if it is not the one that the front end computes.
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
