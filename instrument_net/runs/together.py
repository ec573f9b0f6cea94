"""What processes must have in common to train one network, and what each has of its own."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import lightning

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.errors import InputError
from instrument_net.learning.over_processes import share_buffers


class Together(lightning.Callback):
    """Refuse processes with other clips or settings than the first; share the scaling of features.

    Nodes without a common file system each read files of their own: if one was missing there, the
    processes would draw from other orders, and no error would say so.

    Args:
        made_of: What the run follows from, as plain values: settings and a digest of the clips.
    """

    def __init__(self, made_of: dict[str, Any]) -> None:
        content = json.dumps(made_of, sort_keys=True, default=str)
        self._digest = hashlib.sha256(content.encode()).hexdigest()

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Compare with the first process, then take over its statistics.

        Raises:
            InputError: In every process, if one of them differs.
        """
        first = trainer.strategy.broadcast(self._digest)
        if not trainer.strategy.reduce_boolean_decision(first == self._digest):
            raise InputError(
                f"the {trainer.world_size} processes do not have the same clips and settings: "
                "every node needs the same files, the same version and the same command"
            )
        assert isinstance(pl_module, InstrumentClassifier)
        share_buffers(pl_module.network)


def check_shares(world_size: int, datamodule: InstrumentDataModule) -> None:
    """Refuse more processes than clips of a batch or of validation.

    Args:
        world_size: Number of processes.
        datamodule: Set up.

    Raises:
        InputError: With the number of clips.
    """
    if world_size == 1:
        return
    if datamodule.batch_size < world_size:
        raise InputError(
            f"data.batch_size={datamodule.batch_size} is shared by {world_size} processes: give "
            f"it {world_size} or more, or train in fewer processes"
        )
    n_validation = len(datamodule.clips_of("validation"))
    if n_validation < world_size:
        raise InputError(
            f"the validation split has {n_validation} clips, fewer than the {world_size} processes "
            "that share them: train in fewer processes"
        )
