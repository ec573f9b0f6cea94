"""The Trainer of the command train, for timing epochs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import lightning

_ONCE_A_RUN = ("network_graph", "example_clips", "early_stopping", "checkpoint")


def epoch_trainer(folder: Path, *, accelerator: str, max_epochs: int) -> lightning.Trainer:
    """Return the Trainer with metrics, TensorBoard and every default callback.

    Validation is left out, as is what happens once in a run (graph, examples, checkpoint).

    Args:
        folder: Where it logs.
        accelerator: A choice of ``conf/trainer``.
        max_epochs: Number of epochs.
    """
    from hydra import compose, initialize_config_dir

    from instrument_net.configuration import CONF_DIR
    from instrument_net.run_folder import RunFolder
    from instrument_net.runs.assembly import build_trainer
    from instrument_net.runs.monitor import Monitor
    from instrument_net.runs.network import quiet_lightning

    quiet_lightning()
    overrides = [
        f"trainer={accelerator}",
        f"trainer.max_epochs={max_epochs}",
        "+trainer.limit_val_batches=0",
        "+trainer.enable_checkpointing=false",
        *(f"~callbacks.{name}" for name in _ONCE_A_RUN),
    ]
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", overrides=overrides)
    return build_trainer(config, RunFolder(folder), Monitor.named(config.monitor))
