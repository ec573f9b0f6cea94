"""A checkpoint -> the clips that it was trained or validated on: scores on them flatter it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf
from yaml import YAMLError  # type: ignore[import-untyped]

from instrument_net.data.equal_content import DIGEST
from instrument_net.recognition.checkpoint import read_checkpoint
from instrument_net.recognition.named_checkpoint import PRETRAINED_FILE, checkpoint_file
from instrument_net.recognition.weights_file import is_weights_file
from instrument_net.run_folder import RunFolder, RunFolderError, read_splits, working_directory


@dataclass(frozen=True)
class SeenClips:
    """The clips that a checkpoint, and those that it started from, were trained or validated on.

    Attributes:
        files: Without links and detours.
        digests: Of the decoded samples; empty if no run kept them.
        unknown: What is not known about the clips, as half a sentence; empty if all are known.
    """

    files: frozenset[str]
    digests: frozenset[str]
    unknown: str = ""

    def among(self, clips: pd.DataFrame) -> pd.Series:
        """Return for each clip whether it was seen: whether its file was, or its content.

        Args:
            clips: With ``path`` and ``digest``, computed with the front end of the checkpoint.
        """
        files = clips["path"].map(os.path.realpath)
        return files.isin(self.files) | clips[DIGEST].isin(self.digests)


def seen_by(checkpoint: str | Path) -> SeenClips | None:
    """Return what a checkpoint has seen in training; ``None`` where nothing says it.

    A run folder says it, and so does the card of exported weights, by content alone.
    """
    files: set[str] = set()
    digests: set[str] = set()
    unknown = ""
    for number, start in enumerate(_starts(checkpoint_file(checkpoint))):
        seen = _of_card(start) if _is_exported(start) else _of_run(RunFolder.of_checkpoint(start))
        if seen is None and number == 0:
            return None
        if seen is None:
            unknown = f"; not known of what it started from, {start}"
            break
        files |= seen.files
        digests |= seen.digests
        unknown = seen.unknown or unknown
    return SeenClips(frozenset(files), frozenset(digests), unknown)


def _of_run(run: RunFolder) -> SeenClips | None:
    try:
        table = read_splits(run)
    except RunFolderError:
        return None
    if table is None:
        return None
    seen = table[table["split"].isin(["train", "validation"])]
    files = frozenset(map(os.path.realpath, seen["path"]))
    if DIGEST in seen.columns:
        return SeenClips(files, frozenset(seen[DIGEST]))
    unknown = "; by path only: an earlier version wrote the run and kept no content"
    return SeenClips(files, frozenset(), unknown)


def _of_card(weights: Path) -> SeenClips | None:
    digests = (read_checkpoint(weights)["card"] or {}).get("clips")
    return None if digests is None else SeenClips(frozenset(), frozenset(digests))


def _is_exported(checkpoint: Path) -> bool:
    return checkpoint.is_file() and is_weights_file(checkpoint)


def seen_in_training(checkpoint: str | Path, clips: pd.DataFrame) -> tuple[str, int]:
    """Return in words how many clips a checkpoint was trained or validated on, and their number.

    Args:
        checkpoint: In its run folder, or exported with its card. What its run started from counts,
            too.
        clips: As for :meth:`SeenClips.among`.
    """
    seen = seen_by(checkpoint)
    if seen is None:
        return "not known: the checkpoint does not lie in the folder of its run", 0
    n_seen = int(seen.among(clips).sum())
    return (
        f"the checkpoint was trained or validated on {n_seen} of the {len(clips)} test clips "
        f"(by file or content{seen.unknown})",
        n_seen,
    )


def _starts(checkpoint: Path) -> Iterator[Path]:
    """Yield a checkpoint, the one that its run started from, and so on."""
    known: set[Path] = set()
    while not _is_exported(checkpoint):
        run = RunFolder.of_checkpoint(checkpoint)
        if run.path in known:
            return
        known.add(run.path)
        yield checkpoint
        start = _started_from(run)
        if start is None:
            return
        there = checkpoint_file(start)
        if there != PRETRAINED_FILE:  # else from where it was typed
            there = checkpoint_file((working_directory(run) or Path()) / start)
        there_is_one = RunFolder.of_checkpoint(there).path.exists()
        checkpoint = there if there_is_one else checkpoint_file(start)
    yield checkpoint


def _started_from(run: RunFolder) -> str | None:
    try:
        config = OmegaConf.load(run.config)
    except (OSError, ValueError, YAMLError):
        return None
    start = config.get("init_from") if isinstance(config, DictConfig) else None
    return start if isinstance(start, str) else None
