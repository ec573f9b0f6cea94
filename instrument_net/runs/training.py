"""Configuration -> a finished run: its data, its network or baseline, its report."""

from __future__ import annotations

import json
import math
from pathlib import Path

import lightning
from omegaconf import DictConfig
from rich.console import Console

from instrument_net.data import InstrumentDataModule
from instrument_net.escaping import for_screen
from instrument_net.files import write_atomically
from instrument_net.run_folder import RunFolder
from instrument_net.runs.assembly import (
    build_baseline_model,
    build_classifier,
    build_datamodule,
    build_trainer,
    is_baseline,
)
from instrument_net.runs.baseline import idle_overrides, train_baseline
from instrument_net.runs.clips_digest import clips_digest
from instrument_net.runs.companions import end_with_the_first, telling_once
from instrument_net.runs.ending import Trained, finish
from instrument_net.runs.environment import describe_environment
from instrument_net.runs.facts import command_line
from instrument_net.runs.hyper_parameters import hyper_parameters
from instrument_net.runs.last_checkpoint import LastCheckpoint
from instrument_net.runs.left_out import name_left_out
from instrument_net.runs.loggers import check_logger
from instrument_net.runs.monitor import Monitor
from instrument_net.runs.network import quiet_lightning, train_network
from instrument_net.runs.processes import check_processes, rank_of
from instrument_net.runs.resuming import checkpoint_of, resume, without_resume
from instrument_net.runs.score_settings import settings_that_change_scores
from instrument_net.runs.screen import shown_path
from instrument_net.runs.signals import Continuation
from instrument_net.runs.splits_table import write_splits
from instrument_net.runs.starting_weights import existing_checkpoint
from instrument_net.runs.together import Together


def train(
    config: DictConfig, *, overrides: list[str], continuation: Continuation | None = None
) -> float:
    """Train and test what a composed configuration describes.

    Args:
        config: ``conf/train.yaml`` with its stages.
        overrides: The command line's own part of it, for the report.
        continuation: How it goes on once it is interrupted; default: by ``train`` with
            ``resume_from``.

    Returns:
        The best value of ``monitor`` on the validation split; NaN in all processes but the first,
        where several train together.

    Raises:
        InputError: What is wrong with configuration, table, audio or checkpoint.
    """
    end_with_the_first()
    with telling_once(rank_of(config.trainer)):
        return _train(config, overrides, continuation or _resumed_by_train(config, overrides))


def _resumed_by_train(config: DictConfig, overrides: list[str]) -> Continuation:
    own = [*without_resume(overrides), f"resume_from={shown_path(Path(config.run_dir))}"]
    return Continuation(command_line("train", own))


def _train(config: DictConfig, overrides: list[str], continuation: Continuation) -> float:
    monitor = Monitor.named(config.monitor, config.tested_epoch)
    _check_start(config)
    is_first = rank_of(config.trainer) == 0
    if not is_first and is_baseline(config):
        return math.nan
    folder = RunFolder(Path(config.run_dir))
    environment = describe_environment()
    if is_first:
        content = json.dumps(environment, indent=2) + "\n"
        write_atomically(folder.environment, content.encode())
    lightning.seed_everything(config.seed, workers=True, verbose=False)
    quiet_lightning()
    datamodule = build_datamodule(config)
    datamodule.setup()
    config.data.batch_size = datamodule.batch_size  # what auto is, for all that states it
    if is_first:
        _write_tables(datamodule, folder)
    if is_baseline(config):
        trained: Trained | None = train_baseline(
            build_baseline_model(config),
            datamodule,
            monitor,
            name=config.model.name,
            idle=idle_overrides(overrides),
        )
    else:
        trained = _train_network(config, datamodule, folder, monitor, continuation)
    if trained is None:
        return math.nan
    finish(
        trained,
        datamodule,
        folder,
        name=config.name,
        seed=config.seed,
        overrides=overrides,
        environment=environment,
        figures=config.figures,
        monitor=monitor,
    )
    return trained.score


def _train_network(
    config: DictConfig,
    datamodule: InstrumentDataModule,
    folder: RunFolder,
    monitor: Monitor,
    continuation: Continuation,
) -> Trained | None:
    made_of = {
        "settings": settings_that_change_scores(config),
        "clips": clips_digest(datamodule),
    }
    resumed = None
    if config.resume_from is not None:
        early_stopping = config.callbacks.get("early_stopping")
        resumed = resume(
            config.resume_from,
            folder,
            made_of,
            max_epochs=config.trainer.max_epochs,
            patience=None if early_stopping is None else early_stopping.patience,
        )
    every_s = 60 * config.checkpoint_minutes
    last = LastCheckpoint(folder.last_checkpoint, made_of, every_s=every_s)
    return train_network(
        build_classifier(config, datamodule),
        datamodule,
        build_trainer(config, folder, monitor, last=[Together(made_of), last]),
        folder,
        monitor=monitor,
        init_from=config.init_from,
        resumed=resumed,
        hyper_parameters=hyper_parameters(config),
        continuation=continuation,
    )


def _check_start(config: DictConfig) -> None:
    """Refuse a start that cannot be, before anything long begins."""
    if is_baseline(config):
        return
    check_processes(config.trainer)
    check_logger(config.logger)
    if config.init_from is not None:
        existing_checkpoint(config.init_from)
    if config.resume_from is not None:
        checkpoint_of(config.resume_from)


def _write_tables(datamodule: InstrumentDataModule, folder: RunFolder) -> None:
    write_splits(datamodule, folder.splits)
    name_left_out(datamodule, folder)
    Console().print(
        for_screen(f"{len(datamodule.class_names)} classes, {datamodule.describe_split()}"),
        highlight=False,
        soft_wrap=True,
    )
