"""``resume_from``: an interrupted run continues, or one line says why it cannot."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from instrument_net.configuration import key_of
from instrument_net.errors import InputError
from instrument_net.files import written_atomically
from instrument_net.recognition.checkpoint import read_checkpoint
from instrument_net.run_folder import RunFolder
from instrument_net.runs.dotted import dotted
from instrument_net.runs.last_checkpoint import KEY

# What may differ from the run that continues: how long it goes on.
_MAY_CHANGE = ("trainer.max_epochs", "patience")


class ResumeError(InputError):
    """What a run cannot continue from; the message names it, and what to do."""


@dataclass(frozen=True)
class Resumed:
    """A run that continues.

    Attributes:
        checkpoint: To continue from, in the folder of the run that continues.
        n_epochs: Epochs that are done.
        n_steps: Steps that are done of the epoch after them.
        is_trained: Whether nothing is left to train, only to evaluate.
    """

    checkpoint: Path
    n_epochs: int
    n_steps: int
    is_trained: bool


def without_resume(overrides: Sequence[str]) -> list[str]:
    """Return the overrides of a command line that say what a run is, not where it continues."""
    return [o for o in overrides if key_of(o) not in ("resume_from", "hydra.run.dir", "run_dir")]


def checkpoint_of(resume_from: str) -> Path:
    """Return the checkpoint that ``resume_from`` names: a file, or the last one of a run folder.

    Raises:
        ResumeError: If there is none.
    """
    path = Path(resume_from)
    if path.is_dir():
        last = RunFolder(path).last_checkpoint
        if not last.is_file():
            raise ResumeError(
                f"resume_from: {path}: no {last.name} in {last.parent.name}/; no epoch of this run "
                "was completed, or it is no run folder: start it again without resume_from"
            )
        return last
    if not path.is_file():
        raise ResumeError(f"resume_from: {path}: no such run folder or checkpoint")
    return path


def resume(
    resume_from: str,
    folder: RunFolder,
    made_of: Mapping[str, Any],
    *,
    max_epochs: int,
    patience: int | None,
) -> Resumed:
    """Check that a run can continue with these settings and clips, and prepare its folder.

    Args:
        resume_from: A run folder or a checkpoint in one.
        folder: Of the run that continues: the same, or another one, which gets the checkpoints.
        made_of: What the run follows from now, as :class:`LastCheckpoint` keeps it.
        max_epochs: Epochs of the whole run.
        patience: Of early stopping; ``None`` without it.

    Raises:
        ResumeError: If there is no such checkpoint, or clips or settings are not those of the run,
            or nothing is left to do.
    """
    path = checkpoint_of(resume_from)
    try:
        content = read_checkpoint(path)
    except InputError as error:
        raise ResumeError(f"resume_from: {error}") from error
    if not isinstance(content, dict) or KEY not in content:
        raise ResumeError(
            f"resume_from: {path}: does not hold the state of a run; continue from a last.ckpt, or "
            f"start a new run from its weights: init_from={path}"
        )
    _refuse_other_run(path, content[KEY]["made_of"], made_of)
    batches = content[KEY]["batches"]
    n_steps = 0 if batches is None else batches["n_taken"]
    if n_steps and "epoch" not in batches:
        raise ResumeError(
            f"resume_from: {path}: an earlier version wrote it within an epoch, in an order that "
            f"is drawn otherwise now; start a new run from its weights: init_from={path}"
        )
    n_epochs = int(content["epoch"]) + (n_steps == 0)
    stopped = patience is not None and _waited(content) >= patience
    is_trained = n_epochs >= max_epochs or stopped
    if is_trained and folder.report_page.is_file():
        more = (
            f"callbacks.early_stopping.patience above {patience}"
            if stopped
            else f"trainer.max_epochs above {n_epochs}"
        )
        raise ResumeError(
            f"resume_from: {path}: this run is finished after {n_epochs} epochs, its report is "
            f"{folder.report_page}; to train longer, set {more}"
        )
    return Resumed(_in_folder(path, content, folder), n_epochs, n_steps, is_trained)


def _refuse_other_run(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if before["clips"] != now["clips"]:
        raise ResumeError(
            f"resume_from: {path}: the clips are not those of this run: one was added, removed, "
            f"relabelled or changed; start a new run from its weights: init_from={path}"
        )
    then, today = (dotted(each["settings"]) for each in (before, now))
    other = [
        f"{key} was {then.get(key)}, is {today.get(key)} now"
        for key in dict.fromkeys([*then, *today])
        if then.get(key) != today.get(key) and not key.endswith(_MAY_CHANGE)
    ]
    anneals = "constant" not in json.dumps(before["settings"]["scheduler"])
    if anneals and then["trainer.max_epochs"] != today["trainer.max_epochs"]:
        n_before, n_now = then["trainer.max_epochs"], today["trainer.max_epochs"]
        other.append(
            f"trainer.max_epochs was {n_before}, is {n_now} now, and the schedule of the learning "
            "rate ends with it"
        )
    if other:
        raise ResumeError(
            f"resume_from: {path}: a run continues with its own settings, but {'; '.join(other)}; "
            f"start a new run from its weights: init_from={path}"
        )


def _waited(content: Mapping[str, Any]) -> int:
    """Return for how many epochs the monitored metric has not improved."""
    states = [s for name, s in content["callbacks"].items() if name.startswith("EarlyStopping")]
    return max((int(state["wait_count"]) for state in states), default=0)


def _in_folder(path: Path, content: dict[str, Any], folder: RunFolder) -> Path:
    """Return the checkpoint in the folder that continues; elsewhere, it is written there first.

    Lightning forgets the best score of a checkpoint whose folder is another one.
    """
    before = path.resolve().parent
    moved = str(folder.checkpoints.resolve())
    states = [s for name, s in content["callbacks"].items() if name.startswith("ModelCheckpoint")]
    if before == Path(moved) and all(state["dirpath"] == moved for state in states):
        return path
    for state in states:
        own = state["dirpath"]
        for key, value in state.items():
            if isinstance(value, str):
                state[key] = value.replace(own, moved)
        best = state["best_k_models"]
        state["best_k_models"] = {k.replace(own, moved): score for k, score in best.items()}
    best_before = before / folder.best_checkpoint.name
    if best_before != folder.best_checkpoint.resolve() and best_before.is_file():
        with written_atomically(folder.best_checkpoint) as part:
            shutil.copyfile(best_before, part)
    with written_atomically(folder.last_checkpoint) as part:
        torch.save(content, part)
    return folder.last_checkpoint
