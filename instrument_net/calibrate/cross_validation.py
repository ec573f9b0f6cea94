"""The folder of a cross-validation -> predictions of unseen sources, or a refusal in one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions, pooled
from instrument_net.invocation import command_name
from instrument_net.recognition.checkpoint import read_checkpoint, settings_of
from instrument_net.recognition.parts import build_parts
from instrument_net.run_folder import RunFolder

_OF_UNSEEN_SOURCES = ("LeaveOneSourceOut", "BySource")
_COMPARED = ("network", "front_end")


def unseen_predictions(folder: Path) -> tuple[Predictions, str]:
    """Return the predictions of unseen sources, pooled, and the name of their experiment.

    Args:
        folder: Of a cross-validation with ``split=leave_one_source_out``, or one that holds runs
            with ``split=by_source``.

    Raises:
        InputError: If nothing in it is finished, or its networks may have been trained on the
            sources that they were tested on.
    """
    run = RunFolder(folder)
    if run.predictions.is_file():
        runs = [run]
    else:
        below = sorted(folder.iterdir()) if folder.is_dir() else []
        runs = [each for each in map(RunFolder, below) if each.predictions.is_file()]
    if not runs:
        raise InputError(
            f"{folder}: no finished cross-validation; this makes one: "
            f"{command_name('cross_validate')} split=leave_one_source_out ..."
        )
    names = {_experiment_on_unseen_sources(each) for each in runs}
    predictions = pooled([Predictions.from_csv(each.predictions) for each in runs])
    return predictions, ", ".join(sorted(names))


def _experiment_on_unseen_sources(run: RunFolder) -> str:
    """Return the name of a run's experiment.

    Raises:
        InputError: If its split does not keep the tested sources out of training.
    """
    try:
        config = yaml.safe_load(run.config.read_text(encoding="utf-8"))
        split, name = str(config["split"]["_target_"]), str(config["name"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{run.config}: not the settings of a run: {reason}") from error
    if split.rpartition(".")[2] not in _OF_UNSEEN_SOURCES:
        raise InputError(
            f"{run.path}: its networks were not tested on unseen sources (split {split}); it takes "
            "split=leave_one_source_out"
        )
    return name


def check_same_network(folder: Path, settings: Mapping[str, Any]) -> None:
    """Refuse a cross-validation of other networks than the checkpoint's.

    Args:
        folder: Of the cross-validation. Folds whose checkpoint was deleted are not compared.
        settings: Of the checkpoint.

    Raises:
        InputError: If the network or the front end of a fold has other settings.
    """
    for below in sorted(path for path in folder.iterdir() if path.is_dir()):
        checkpoint = RunFolder(below).best_checkpoint
        if not checkpoint.is_file():
            continue
        theirs = build_parts(**settings_of(read_checkpoint(checkpoint), checkpoint)).settings
        for part in _COMPARED:
            if theirs[part] != settings[part]:
                raise InputError(
                    f"{folder}: its networks are others than the checkpoint's: {part} "
                    f"{_difference(theirs[part], settings[part])}; cross-validate what the "
                    "checkpoint was trained with"
                )
        return  # all folds have the settings of the cross-validation


def check_same_classes(
    folder: Path, predictions: Predictions, class_names: tuple[str, ...]
) -> None:
    """Refuse a cross-validation of other classes than the checkpoint's.

    Raises:
        InputError: With the classes that only one of them has.
    """
    there, here = set(predictions.class_names), set(class_names)
    if there != here:
        only = {"only there": there - here, "only in the checkpoint": here - there}
        differences = "; ".join(f"{k}: {', '.join(sorted(v))}" for k, v in only.items() if v)
        raise InputError(f"{folder}: has other classes than the checkpoint: {differences}")


def _difference(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    keys = sorted(key for key in {*theirs, *ours} if theirs.get(key) != ours.get(key))
    return ", ".join(f"{key}={theirs.get(key)} against {ours.get(key)}" for key in keys)
