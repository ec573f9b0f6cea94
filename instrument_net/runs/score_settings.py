"""What of a configuration changes scores: two runs that differ in nothing else are the same run."""

from __future__ import annotations

import hashlib
from typing import Any

from omegaconf import DictConfig, OmegaConf

from instrument_net.runs.assembly import build_front_end
from instrument_net.runs.starting_weights import existing_checkpoint

_STAGES = ("model", "loss", "optimizer", "scheduler", "augment", "split")
_OF_LOADING = ("batch_size", "sampling", "views", "extra_classes", "on_error")
# Where and how a trainer works and what it shows, not what it learns.
_NOT_OF_LEARNING = {
    "accelerator",
    "default_root_dir",
    "devices",
    "enable_checkpointing",
    "enable_model_summary",
    "enable_progress_bar",
    "fast_dev_run",
    "log_every_n_steps",
    "num_nodes",
    "num_sanity_val_steps",
    "plugins",
    "profiler",
    "strategy",
    "sync_batchnorm",  # which makes several devices what one is
}
_SHOWS = (
    "instrument_net.monitoring.",
    "instrument_net.runs.divergence.",  # it ends a run without a score
    "LearningRateMonitor",
    "ProgressBar",
    "DeviceStatsMonitor",
)


def settings_that_change_scores(config: DictConfig) -> dict[str, Any]:
    """Return network, front end, learning, split and seed as plain values.

    Names of classes stand for import paths, and checkpoints for their content. The clips are not
    part of it, nor where anything is kept, nor what is shown while it is made.

    Args:
        config: ``conf/train.yaml`` with its stages.

    Raises:
        ConfigurationError: If the front end refuses its settings, or ``init_from`` names no file.
    """
    plain: dict[str, Any] = {
        stage: OmegaConf.to_container(config[stage], resolve=True) for stage in _STAGES
    }
    plain["split"].pop("fold", None)  # every fold has its turn
    trainer = OmegaConf.to_container(config.trainer, resolve=True)
    assert isinstance(trainer, dict)
    callbacks = OmegaConf.to_container(config.callbacks, resolve=True)
    assert isinstance(callbacks, dict)
    settings = plain | {
        "front_end": build_front_end(config).fingerprint,
        "loading": {key: config.data[key] for key in _OF_LOADING} | _where_set(config.data),
        "trainer": {k: v for k, v in trainer.items() if k not in _NOT_OF_LEARNING},
        "callbacks": [c for c in callbacks.values() if not _only_shows(str(c["_target_"]))],
        "monitor": config.monitor,
        **({"tested_epoch": "last"} if config.get("tested_epoch") == "last" else {}),
        "seed": config.seed,
        "init_from": None if config.init_from is None else _content_of(config.init_from),
    }
    without_paths: dict[str, Any] = _without_import_paths(settings)
    return without_paths


def _where_set(data: DictConfig) -> dict[str, Any]:
    """Return what earlier versions did not have: nothing where it is as it was then."""
    extra = data.get("extra") or {}
    shares = {name: one.share for name, one in extra.items() if one.get("share") is not None}
    settings = {
        "shares": shares,
        "near_duplicates": data.get("near_duplicates", False),
        "epoch_clips": data.get("epoch_clips"),
        "joined_notes": data.get("joined_notes", 0.0),
    }
    return {name: value for name, value in settings.items() if value}


def _only_shows(target: str) -> bool:
    return any(name in target for name in _SHOWS)


def _without_import_paths(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: value.rpartition(".")[2] if key == "_target_" else _without_import_paths(value)
            for key, value in node.items()
        }
    return [_without_import_paths(value) for value in node] if isinstance(node, list) else node


def _content_of(init_from: str) -> str:
    with existing_checkpoint(init_from).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
