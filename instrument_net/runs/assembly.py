"""Composed configuration -> the objects of a run; nothing below this file sees a configuration."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import lightning
from hydra.utils import get_object, instantiate
from lightning.pytorch.loggers import Logger
from omegaconf import DictConfig, OmegaConf

from instrument_net.augmentation import AugmentationChain
from instrument_net.baselines import BASELINES, Baseline, build_baseline
from instrument_net.classifier import InstrumentClassifier
from instrument_net.configuration import ConfigurationError, refused_values
from instrument_net.data import InstrumentDataModule
from instrument_net.data.corpora import Corpus
from instrument_net.data.splits import SplitRule
from instrument_net.frontend import FrontEnd
from instrument_net.learning.loss import balanced_class_weights
from instrument_net.monitoring.compile_network import CompileNetwork
from instrument_net.run_folder import BEST, TENSORBOARD, RunFolder
from instrument_net.runs.monitor import Monitor

# Arguments of the data module that stand below `data`; what else stands there is the corpus'.
_OF_LOADING = {
    name
    for name, parameter in inspect.signature(InstrumentDataModule).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
}


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


def build_corpus(settings: object, key: str) -> Corpus:
    """Return a corpus from what stands below a key, ``data`` or ``data.extra``.

    Raises:
        ConfigurationError: If a setting has no value, or the corpus refuses one.
    """
    if not isinstance(settings, DictConfig):
        group = key.replace(".", "/")
        raise ConfigurationError(f"{key}={settings}: a corpus is chosen as {group}={settings}")
    plain: dict[str, Any] = OmegaConf.to_container(settings, resolve=True)  # type: ignore[assignment]
    own = {key: value for key, value in plain.items() if key not in _OF_LOADING}
    for name, value in own.items():
        if value == "???":
            raise ConfigurationError(f"{key}.{name} is missing: give it, as {key}.{name}=...")
    target = get_object(own.pop("_target_"))
    corpus: Corpus = target(**own)  # plain values: a path may hold what Hydra would replace
    return corpus


def build_data(
    settings: DictConfig,
    front_end: FrontEnd,
    *,
    split: SplitRule,
    augmentation: AugmentationChain | None = None,
) -> InstrumentDataModule:
    """Return the data module of ``conf/data`` and ``conf/loading.yaml``; no clip is read yet.

    Args:
        settings: The node ``data``.
        front_end: Waveforms -> (spectrogram, features).
        split: Divides the clips.
        augmentation: Of training; without it nothing is rendered either.

    Raises:
        ConfigurationError: If corpus or data module refuse their settings.
    """
    with refused_values("data"):
        loading = {str(key): settings[key] for key in settings if key in _OF_LOADING}
        extra = loading.pop("extra", None)
        if augmentation is None:
            loading["views"] = None
        return InstrumentDataModule(
            build_corpus(settings, "data"),
            front_end,
            split=split,
            extra=None if extra is None else build_corpus(extra, "data.extra"),
            augmentation=augmentation,
            **loading,
        )


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


def build_classifier(config: DictConfig, datamodule: InstrumentDataModule) -> InstrumentClassifier:
    """Return the classifier of ``conf/model``, with its loss, optimizer and schedule.

    Args:
        config: ``conf/train.yaml`` with its stages.
        datamodule: Set up: it knows the classes.

    Raises:
        ConfigurationError: If network or loss refuse their settings.
    """
    with refused_values("model or loss"):
        return InstrumentClassifier(
            datamodule.class_names,
            network=OmegaConf.to_container(config.model, resolve=True),  # type: ignore[arg-type]
            front_end=datamodule.front_end.settings,
            **loss_options(config.loss, datamodule),
            optimizer=instantiate(config.optimizer),
            scheduler=instantiate(config.scheduler),
        )


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


def build_logger(config: DictConfig, folder: RunFolder) -> Logger:
    """Return the logger of ``conf/logger``, which writes into the run folder."""
    logger: Logger = instantiate(
        config.logger, save_dir=str(folder.path), name="", version=TENSORBOARD
    )
    return logger


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
        "checkpoint": {**watched, "dirpath": str(folder.checkpoints), "filename": BEST},
        "early_stopping": watched,
        "progress_bar": {"monitor": monitor.name},
    }
    callbacks = [
        instantiate(settings, **own.get(str(name), {}))
        for name, settings in config.callbacks.items()
    ]
    if config.compile:
        callbacks.append(CompileNetwork())
    trainer: lightning.Trainer = instantiate(
        config.trainer,
        default_root_dir=str(folder.path),
        logger=build_logger(config, folder),
        callbacks=[*callbacks, *last],
    )
    return trainer
