"""Composed configuration -> the objects of a run; nothing below this file sees a configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import lightning
import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from instrument_net.augmentation import AugmentationChain
from instrument_net.baselines import BASELINES, Baseline, build_baseline
from instrument_net.classifier import InstrumentClassifier
from instrument_net.configuration import ConfigurationError
from instrument_net.data import InstrumentDataModule
from instrument_net.frontend import FrontEnd
from instrument_net.learning.loss import balanced_class_weights
from instrument_net.monitoring.compile_network import CompileNetwork
from instrument_net.run_folder import BEST, RunFolder
from instrument_net.runs.data_assembly import build_data, build_split
from instrument_net.runs.loggers import build_logger
from instrument_net.runs.monitor import Monitor
from instrument_net.runs.refused_values import refused_values

_SOME_STEPS = 1000


def is_baseline(config: DictConfig) -> bool:
    """Return whether ``conf/model`` names a baseline of scikit-learn instead of a network."""
    return config.model.name in BASELINES


def build_front_end(config: DictConfig) -> FrontEnd:
    """Return the front end of ``conf/frontend``.

    Raises:
        ConfigurationError: If it refuses its settings.
    """
    with refused_values("frontend"):
        front_end: FrontEnd = instantiate(config.frontend)
    return front_end


def build_augmentation(config: DictConfig) -> AugmentationChain:
    """Return the augmentations that ``conf/augment`` names, in its order.

    Raises:
        ConfigurationError: If one is set to what it cannot do.
    """
    augmentations = {}
    for name, settings in config.items():
        with refused_values(f"augment.{name!s}"):
            augmentations[str(name)] = instantiate(settings)
    settings = OmegaConf.to_container(config, resolve=True)
    return AugmentationChain(augmentations, settings=settings)  # type: ignore[arg-type]


def build_datamodule(config: DictConfig) -> InstrumentDataModule:
    """Return the data module of a training: corpus, front end, split and augmentation.

    Args:
        config: ``conf/train.yaml`` with its stages.

    Raises:
        ConfigurationError: If one of them refuses its settings.
    """
    return build_data(
        config.data,
        build_front_end(config),
        split=build_split(config.split),
        augmentation=build_augmentation(config.augment),
    )


def build_classifier(config: DictConfig, datamodule: InstrumentDataModule) -> InstrumentClassifier:
    """Return the classifier of ``conf/model``, with its loss, optimizer and schedule.

    Args:
        config: ``conf/train.yaml`` with its stages.
        datamodule: Set up: it knows the classes.

    Raises:
        ConfigurationError: If one of them refuses its settings.
    """
    optimizer, scheduler = instantiate(config.optimizer), instantiate(config.scheduler)
    _try_out(optimizer, scheduler)
    with refused_values("model, loss or frontend"):
        return InstrumentClassifier(
            datamodule.class_names,
            auxiliary_classes=datamodule.auxiliary_classes,
            network=OmegaConf.to_container(config.model, resolve=True),  # type: ignore[arg-type]
            front_end=datamodule.front_end.settings,
            **loss_options(config.loss, datamodule),
            optimizer=optimizer,
            scheduler=scheduler,
        )


def _try_out(optimizer: Callable[..., Any], scheduler: Callable[..., Any]) -> None:
    """Refuse settings of optimizer and schedule, which are made when training has begun."""
    with refused_values("optimizer"):
        made = optimizer([torch.nn.Parameter(torch.zeros(1))])
    with refused_values("scheduler"):
        scheduler(made, _SOME_STEPS)


def build_baseline_model(config: DictConfig) -> Baseline:
    """Return the untrained baseline that ``conf/model`` names."""
    return build_baseline(**OmegaConf.to_container(config.model, resolve=True))  # type: ignore[arg-type]


def loss_options(loss: DictConfig, datamodule: InstrumentDataModule) -> dict[str, Any]:
    """Return the classifier's arguments about its loss.

    Raises:
        ConfigurationError: If ``loss.class_weights`` is unknown.
    """
    if loss.class_weights not in (None, "balanced"):
        raise ConfigurationError(
            f"loss.class_weights must be null or balanced, got {loss.class_weights!r}"
        )
    balanced = loss.class_weights == "balanced"
    return {
        "log_base": "10" if loss.log_base == 10 else loss.log_base,  # YAML reads 10 as a number
        "label_smoothing": loss.label_smoothing,
        "class_weights": (
            balanced_class_weights(datamodule.n_training_clips()) if balanced else None
        ),
    }


def build_trainer(
    config: DictConfig,
    folder: RunFolder,
    monitor: Monitor,
    *,
    last: Sequence[lightning.Callback] = (),
) -> lightning.Trainer:
    """Return the trainer of ``conf/trainer``, with ``conf/callbacks`` and ``conf/logger``.

    Args:
        config: ``conf/train.yaml`` with its stages.
        folder: Of the run.
        monitor: What the checkpoint, early stopping and the progress bar watch.
        last: Callbacks behind those of the configuration.
    """
    watched = {"monitor": monitor.name, "mode": monitor.mode}
    own: dict[str, dict[str, Any]] = {
        "checkpoint": {
            **monitor.watched_by_checkpoint,
            "dirpath": str(folder.checkpoints),
            "filename": BEST,
        },
        "early_stopping": {**watched, "strict": False},  # of which an epoch may have no value yet
        "progress_bar": {"monitor": monitor.name},
    }
    callbacks = []
    for name, settings in config.callbacks.items():
        with refused_values(f"callbacks.{name!s}"):
            callbacks.append(instantiate(settings, **own.get(str(name), {})))
    if config.compile:
        callbacks.append(CompileNetwork())
    logger = build_logger(config.logger, folder)
    with refused_values("trainer"):
        trainer: lightning.Trainer = instantiate(
            config.trainer,
            default_root_dir=str(folder.path),
            logger=logger,
            callbacks=[*callbacks, *last],
            use_distributed_sampler=False,  # the data module knows the share of each process
            sync_batchnorm=bool(config.trainer.get("sync_batchnorm")) and _has_gpu(config.trainer),
        )
    return trainer


def _has_gpu(trainer: DictConfig) -> bool:
    """Return whether training is on CUDA: elsewhere, PyTorch has no synchronised normalisation."""
    if trainer.accelerator == "auto":
        return torch.cuda.is_available()
    return trainer.accelerator in ("gpu", "cuda")
