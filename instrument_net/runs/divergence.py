"""Training that diverges is ended at once, with what can be done about it."""

from __future__ import annotations

import math
from typing import Any

import lightning
import torch
from torch import Tensor

from instrument_net.configuration import ConfigurationError


class Divergence(lightning.Callback):
    """End a run whose loss is no finite number any more: such a network recovers from nothing.

    The losses of an epoch are looked at together at its end, for a look at each would make the host
    wait for the device; then that of validation, before anything is kept as the best.
    """

    # Not at the start of an epoch: a run that continues in the middle of one has none.
    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Begin with what is finite."""
        self._finite = torch.tensor(True, device=pl_module.device)

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: Any,
        batch: tuple[Tensor, ...],
        batch_idx: int,
    ) -> None:
        """Note whether the loss of a batch is finite; look at the end of the epoch.

        Raises:
            ConfigurationError: If one was not.
        """
        self._finite = self._finite & outputs["loss"].isfinite().all()
        if trainer.is_last_batch:
            finite = bool(self._finite)
            if not trainer.strategy.reduce_boolean_decision(finite):  # of all processes
                _refuse(trainer, "training")

    def on_validation_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Look at the loss of validation.

        Raises:
            ConfigurationError: If it is not finite.
        """
        loss = trainer.callback_metrics.get("validation/loss")
        if loss is not None and not math.isfinite(float(loss)):
            _refuse(trainer, "validation")


def _refuse(trainer: lightning.Trainer, split: str) -> None:
    group = trainer.optimizers[0].param_groups[0]
    rate = float(group.get("initial_lr", group["lr"]))
    raise ConfigurationError(
        f"training has diverged: in epoch {trainer.current_epoch + 1} the loss of {split} is no "
        f"number any more; lower the rate, as optimizer.lr={rate / 10:.3g} (it is {rate:g})"
    )
