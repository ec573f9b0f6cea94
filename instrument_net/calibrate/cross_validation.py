"""The folder of a cross-validation -> predictions of unseen sources, or a refusal in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from instrument_net.errors import InputError
from instrument_net.evaluation import Predictions, pooled
from instrument_net.evaluation.folds import of_ensemble
from instrument_net.invocation import command_name
from instrument_net.recognition.checkpoint import read_checkpoint, settings_of
from instrument_net.recognition.parts import build_parts, difference_of
from instrument_net.run_folder import RunFolder

_OF_UNSEEN_SOURCES = ("LeaveOneSourceOut", "BySource")
_COMPARED = ("network", "front_end")


class Unseen(NamedTuple):
    """What networks predicted of sources that they were not trained on.

    Attributes:
        predictions: Pooled.
        experiment: Its name.
        n_networks: How many predicted each clip together.
    """

    predictions: Predictions
    experiment: str
    n_networks: int


def unseen_predictions(folder: Path) -> Unseen:
    """Return the predictions of unseen sources.

    Args:
        folder: Of a cross-validation with ``split=leave_one_source_out``, or one that holds runs
            with ``split=by_source``. Runs that test the same clips, with other seeds, are one
            ensemble: their logits are averaged.

    Raises:
        InputError: If nothing in it is finished, its networks may have been trained on the sources
            that they were tested on, or some clips were tested by more networks than others.
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
    of_clips = _by_clips([Predictions.from_csv(each.predictions) for each in runs])
    if len({len(seeds) for seeds in of_clips}) > 1:
        raise InputError(
            f"{folder}: some clips were tested by more networks than others; each needs the same "
            "number of seeds"
        )
    predictions = pooled([of_ensemble(seeds) for seeds in of_clips])
    return Unseen(predictions, ", ".join(sorted(names)), len(of_clips[0]))


def _by_clips(parts: Sequence[Predictions]) -> list[list[Predictions]]:
    """Return the predictions of the same clips together."""
    together: dict[tuple[str, ...], list[Predictions]] = {}
    for part in parts:
        together.setdefault(tuple(part.clips["path"]), []).append(part)
    return list(together.values())


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


def check_same_network(folder: Path, settings: Mapping[str, Any], n_networks: int) -> None:
    """Refuse a cross-validation of other networks than the checkpoint's.

    Args:
        folder: Of the cross-validation. Folds whose checkpoint was deleted are not compared.
        settings: Of the checkpoint.
        n_networks: How many of the folder predicted each clip together.

    Raises:
        InputError: If the network or the front end of a fold has other settings.
    """
    ours = {**settings, "network": {"n_members": 1, **settings["network"]}}
    for below in sorted(path for path in folder.iterdir() if path.is_dir()):
        checkpoint = RunFolder(below).best_checkpoint
        if not checkpoint.is_file():
            continue
        theirs = build_parts(**settings_of(read_checkpoint(checkpoint), checkpoint)).settings
        n_members = theirs["network"].get("n_members", 1) * n_networks
        theirs["network"] = theirs["network"] | {"n_members": n_members}
        for part in _COMPARED:
            if theirs[part] != ours[part]:
                raise InputError(
                    f"{folder}: its networks are others than the checkpoint's: {part} "
                    f"{difference_of(theirs[part], ours[part])}; cross-validate what the "
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
