"""Train a network, and evaluate its best checkpoint once."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path

import lightning
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from rich.console import Console
from torch import nn

from instrument_net.classifier import InstrumentClassifier
from instrument_net.configuration import ConfigurationError
from instrument_net.data import InstrumentDataModule
from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions, Report
from instrument_net.invocation import command_name
from instrument_net.models import members_of
from instrument_net.monitoring import log_mistakes
from instrument_net.monitoring.training_length import describe_steps, early_stop
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder
from instrument_net.runs.companions import ending_together
from instrument_net.runs.ending import Trained
from instrument_net.runs.loggers import curves_place, record_result
from instrument_net.runs.monitor import Monitor
from instrument_net.runs.resuming import Resumed
from instrument_net.runs.screen import shown_path
from instrument_net.runs.seen_clips import seen_in_training
from instrument_net.runs.signals import Continuation, ending_by_signal, what_is_kept
from instrument_net.runs.split_predictions import predict_split
from instrument_net.runs.starting_weights import start_from
from instrument_net.runs.together import check_shares


def train_network(
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    trainer: lightning.Trainer,
    folder: RunFolder,
    *,
    monitor: Monitor,
    init_from: str | None,
    resumed: Resumed | None,
    hyper_parameters: Mapping[str, object],
    continuation: Continuation,
) -> Trained | None:
    """Train a classifier and evaluate its best checkpoint on validation and test split.

    Args:
        classifier: Changed in place.
        datamodule: Set up; it has the classes of the classifier.
        trainer: With a checkpoint callback that watches the monitor.
        folder: Of the run.
        monitor: The metric that chooses the best checkpoint.
        init_from: A checkpoint whose weights training starts from.
        resumed: An interrupted run that continues.
        hyper_parameters: For the logger, beside the final metrics.
        continuation: How this run goes on once it is interrupted.

    Returns:
        What the first process has trained and tested; ``None`` in the others.

    Raises:
        CheckpointError: If ``init_from`` cannot be started from.
        ConfigurationError: If the trainer refuses its settings, or ends before a validation.
        InputError: If there are fewer clips than processes.
    """
    check_shares(trainer.world_size, datamodule)
    console = Console()
    described = describe_network(classifier.network)
    _say(console, f"{described}, run folder {folder.path}")
    facts = {} if init_from is None else _start(console, classifier, datamodule, init_from)
    if trainer.is_global_zero:  # the others take it over
        with console.status("Measuring the training split's features"):
            classifier.fit_feature_scaling(*datamodule.feature_statistics())
    if resumed is not None:
        within = f" and {resumed.n_steps} steps" * (resumed.n_steps > 0)
        _say(console, f"continues after {resumed.n_epochs} epochs{within}")
    with (
        ending_by_signal(console, folder, continuation),
        ending_together(trainer, lambda: what_is_kept(folder, continuation)),
    ):
        _fit(trainer, classifier, datamodule, resumed)
    if not trainer.is_global_zero:
        return None
    checkpoint = _best_checkpoint(trainer)
    best = Recogniser.from_checkpoint(checkpoint.best_model_path)

    validation = predict_split(best, datamodule, "validation")

    def record(report: Report) -> None:
        _record(trainer, report, hyper_parameters, best)

    return Trained(
        model=described,
        choice=monitor.choice,
        shown_as=f"{monitor.tested_epoch} checkpoint",
        test=predict_split(best, datamodule, "test"),
        validation=validation,
        score=_score(checkpoint, monitor, validation),
        facts={**facts, **_of_training(trainer, datamodule)},
        places=_places(trainer, RunFolder(shown_path(folder.path))),
        record=record,
    )


def _start(
    console: Console,
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    init_from: str,
) -> dict[str, str]:
    """Take over the weights of another run; return what the report states about it."""
    tested = datamodule.clips[datamodule.clips["split"] == "test"]
    seen, _ = seen_in_training(init_from, tested)
    said = f"{start_from(classifier, init_from)}; seen in training: {seen}"
    _say(console, f"starts from {said}")
    return {"Start": said}


def _fit(
    trainer: lightning.Trainer,
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    resumed: Resumed | None,
) -> None:
    """Train to the end, from the beginning or from where a run was interrupted."""
    if resumed is not None:
        warnings.filterwarnings("ignore", message="Checkpoint directory .* is not empty")
        if resumed.is_trained:
            trainer.fit_loop.max_epochs = resumed.n_epochs
    try:
        trainer.fit(
            classifier,
            datamodule,
            ckpt_path=None if resumed is None else resumed.checkpoint,
            weights_only=True,
        )
    except MisconfigurationException as error:
        raise ConfigurationError(f"trainer: {' '.join(str(error).split())}") from error
    if torch.distributed.is_initialized():  # what follows is for the first process to do
        torch.distributed.destroy_process_group()


def _best_checkpoint(trainer: lightning.Trainer) -> ModelCheckpoint:
    """Return the callback that kept the checkpoint that is tested.

    Raises:
        ConfigurationError: If it kept none.
    """
    checkpoint = trainer.checkpoint_callback
    assert isinstance(checkpoint, ModelCheckpoint)
    if not checkpoint.best_model_path:
        raise ConfigurationError(
            "trainer: training has ended before the first validation, which chooses the checkpoint "
            "that is tested: more of max_epochs, max_steps or max_time, or a smaller "
            "check_val_every_n_epoch"
        )
    return checkpoint


def _score(checkpoint: ModelCheckpoint, monitor: Monitor, validation: Predictions) -> float:
    """Return the monitored metric of the state that is tested."""
    if monitor.tested_epoch == "last":
        return monitor.of(validation)
    assert checkpoint.best_model_score is not None
    return float(checkpoint.best_model_score)


def _of_training(trainer: lightning.Trainer, datamodule: InstrumentDataModule) -> dict[str, str]:
    steps = describe_steps(datamodule.n_epoch_clips, datamodule.batch_size)
    n = trainer.world_size
    return {
        "Training": f"{steps}; {early_stop(trainer) or f'epochs: {trainer.current_epoch}'}",
        **({"Processes": f"{n}, which share each batch"} if n > 1 else {}),
        "Augmentation": datamodule.describe_augmentation(),
    }


def _places(trainer: lightning.Trainer, shown: RunFolder) -> dict[str, str | Path]:
    predict = f"{command_name('predict')} {shown.best_checkpoint} FILE|FOLDER"
    return {
        **curves_place(trainer.logger, shown),
        "checkpoint": shown.best_checkpoint,
        "classify your own files": predict,
    }


def describe_network(network: nn.Module) -> str:
    """Return kind and number of the networks that are trained, and their number of parameters.

    >>> from instrument_net.models import PerceptronNet
    >>> describe_network(PerceptronNet(n_classes=2))
    'PerceptronNet, 5,634 parameters'
    """
    members = members_of(network)
    kind = type(members[0]).__name__
    n_parameters = sum(parameter.numel() for parameter in network.parameters())
    return f"{f'{len(members)} x ' * (len(members) > 1)}{kind}, {n_parameters:,} parameters"


def quiet_lightning() -> None:
    """Silence tips and notices about settings that are deliberate here."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for message in (
        ".*does not have many workers.*",  # a batch is one copy out of a memory map
        ".*Grad strides do not match bucket view strides.*",  # of a layer with one input channel
        ".*LeafSpec.*is deprecated.*",  # Lightning's own affair
        ".*could not find the monitored key.*",  # before any validation: said in our words
        ".*your dataloader is not resumable.*",  # it is: runs/last_checkpoint.py
        ".*`srun` command is available.*",  # trainer=slurm uses it
    ):
        warnings.filterwarnings("ignore", message=message)


def _record(
    trainer: lightning.Trainer,
    report: Report,
    hyper_parameters: Mapping[str, object],
    recogniser: Recogniser,
) -> None:
    """Log the test's metrics; its mistakes too, where TensorBoard shows them."""
    if isinstance(trainer.logger, TensorBoardLogger):
        log_mistakes(trainer.logger.experiment, report.mistakes, recogniser.front_end)
    if trainer.logger is not None:
        metrics = {f"test/{name}": value for name, value in report.known_metrics.items()}
        record_result(trainer.logger, hyper_parameters, metrics)


def _say(console: Console, text: str) -> None:
    console.print(for_screen(text), highlight=False, soft_wrap=True)
