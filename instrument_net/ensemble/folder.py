"""An ensemble's checkpoint -> a folder that stands for a run, with the clips that were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
import yaml  # type: ignore[import-untyped]

from instrument_net.errors import InputError
from instrument_net.files import printable, write_atomically, written_atomically
from instrument_net.recognition.places import check_folders, refusal
from instrument_net.run_folder import RunFolder, read_splits, working_directory

_SPLITS = ("train", "validation", "test")  # what one network was trained on counts as trained on


def check_is_new(folder: Path) -> None:
    """Refuse a folder with something in it, before any work.

    Raises:
        InputError: If it holds anything, or cannot be written into.
    """
    check_folders([folder])
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{printable(folder)}: is not empty; name a new folder for --out")


def write_folder(folder: Path, files: Sequence[Path], content: Mapping[str, Any]) -> str:
    """Write clips, settings and checkpoint of an ensemble; the checkpoint last.

    A clip counts as trained on if one of the networks was trained on it, else as validated on if
    one was, else as tested: the ensemble's own test clips are those that no network has seen. Of
    the settings, those are kept that all runs share.

    Args:
        folder: New or empty.
        files: Checkpoints of the networks, each in its run folder or alone.
        content: Of the ensemble's checkpoint.

    Returns:
        How many clips are of each split, or that it is not known, in words.

    Raises:
        InputError: If a run's table of clips is damaged, or the folder cannot be written.
    """
    runs = [RunFolder.of_checkpoint(file) for file in files]
    written, shared = RunFolder(folder), _shared_settings(runs)
    clips = None if shared is None else _divided(runs)
    try:
        if clips is not None:
            write_atomically(written.splits, clips.to_csv(index=False).encode())
            write_atomically(written.config, yaml.safe_dump(shared, sort_keys=False).encode())
            write_atomically(written.environment, runs[0].environment.read_bytes())
        with written_atomically(written.best_checkpoint) as part:
            torch.save(dict(content), part)
    except (OSError, RuntimeError) as error:  # the latter: PyTorch's, of a full disk
        raise refusal(folder, error if isinstance(error, OSError) else OSError(error)) from error
    if clips is None:
        return "which were trained on is not known: not all networks lie in run folders"
    counts = clips["split"].value_counts()
    return ", ".join(f"{counts.get(split, 0):,} {split}" for split in _SPLITS)


def _divided(runs: Sequence[RunFolder]) -> pd.DataFrame | None:
    """Return the clips of all runs with the split of each; ``None`` where one is not known."""
    tables = [read_splits(run) for run in runs]
    starts = {working_directory(run) for run in runs}  # where relative paths lead from
    if len(starts) > 1 or None in starts or any(table is None for table in tables):
        return None
    clips = pd.concat(tables, ignore_index=True)
    rank = clips["split"].map({split: k for k, split in enumerate(_SPLITS)})
    first = rank.groupby(clips["path"]).transform("min").map(dict(enumerate(_SPLITS)))
    return clips.assign(split=first).drop_duplicates("path")


def _shared_settings(runs: Sequence[RunFolder]) -> dict[str, Any] | None:
    """Return the settings that all runs have alike.

    ``None`` where a run has none, or they started from other checkpoints: what those were trained
    on, one folder cannot say.
    """
    try:
        configs = [yaml.safe_load(run.config.read_text(encoding="utf-8")) for run in runs]
    except (OSError, ValueError, yaml.YAMLError):
        return None
    if not all(isinstance(config, dict) for config in configs):
        return None
    first, *others = configs
    if any(other.get("init_from") != first.get("init_from") for other in others):
        return None
    return {k: v for k, v in first.items() if all(other.get(k) == v for other in others)}
