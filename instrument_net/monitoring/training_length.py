"""How long training is: steps an epoch at its start, and why it stopped early at its end."""

from __future__ import annotations

import math

import lightning
from rich.console import Console

from instrument_net.data import InstrumentDataModule
from instrument_net.data.loading import FEWEST_STEPS
from instrument_net.escaping import for_screen


class TrainingLength(lightning.Callback):
    """Print how many steps an epoch has, and that and why training stopped before its last epoch.

    With few recordings and large batches an epoch is a step or two, and early stopping, which
    counts epochs, ends a run that has hardly begun.
    """

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Print the number of steps."""
        datamodule: object = trainer.datamodule  # type: ignore[attr-defined]
        if isinstance(datamodule, InstrumentDataModule):
            _say(describe_steps(datamodule.n_epoch_clips, datamodule.batch_size))

    def on_fit_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Print why training stopped, if it was early stopping that ended it."""
        if (reason := early_stop(trainer)) is not None:
            _say(reason)


def early_stop(trainer: lightning.Trainer) -> str | None:
    """Return why training ended before its last epoch; ``None`` where it did not."""
    stopping = trainer.early_stopping_callback
    if stopping is None or stopping.wait_count < stopping.patience:
        return None
    last = stopping.stopped_epoch + 1
    if trainer.max_epochs is None or last >= trainer.max_epochs:
        return None
    return (
        f"stopped early, after epoch {last} of {trainer.max_epochs}: {stopping.monitor} "
        f"has not improved for {stopping.patience} epochs "
        "(callbacks.early_stopping.patience)"
    )


def describe_steps(n_clips: int, batch_size: int) -> str:
    """Return how many steps an epoch has, with advice where they are few.

    Args:
        n_clips: That an epoch draws.
        batch_size: Clips a step.

    >>> describe_steps(90, 4)
    '23 steps an epoch: 90 clips in batches of 4'
    >>> describe_steps(32, 16)
    '2 steps an epoch: 32 clips in batches of 16; these are few: data.batch_size=1 would give 32'
    """
    steps = math.ceil(n_clips / batch_size)
    clips = _counted(n_clips, "clip")
    said = f"{_counted(steps, 'step')} an epoch: {clips} in batches of {batch_size}"
    smaller = max(1, (n_clips - 1) // (FEWEST_STEPS - 1))
    if steps < FEWEST_STEPS and smaller < batch_size:
        said += (
            f"; these are few: data.batch_size={smaller} would give {math.ceil(n_clips / smaller)}"
        )
    return said


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _say(text: str) -> None:
    Console().print(for_screen(text), highlight=False, soft_wrap=True)
