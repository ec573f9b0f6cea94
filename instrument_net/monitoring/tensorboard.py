"""Find the TensorBoard writer of a trainer."""

from __future__ import annotations

import lightning
from lightning.pytorch.loggers import TensorBoardLogger
from torch.utils.tensorboard import SummaryWriter


def tensorboard_writer(trainer: lightning.Trainer) -> SummaryWriter | None:
    """Return the writer, ``None`` where the trainer logs elsewhere or checks itself."""
    if trainer.sanity_checking or not trainer.is_global_zero:
        return None
    for logger in trainer.loggers:
        if isinstance(logger, TensorBoardLogger):
            writer: SummaryWriter = logger.experiment
            return writer
    return None
