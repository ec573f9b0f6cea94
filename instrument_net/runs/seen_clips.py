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
    """Return what a checkpoint has seen in training; ``None`` where its run folder is missing."""
    files: set[str] = set()
    digests: set[str] = set()
    unknown = ""
    for number, run in enumerate(_runs(Path(checkpoint))):
        try:
            table = read_splits(run)
        except RunFolderError:
            table = None
        if table is None and number == 0:
            return None
        if table is None:
            unknown = f"; not known of what it started from, {run.path}"
            break
        seen = table[table["split"].isin(["train", "validation"])]
        files.update(map(os.path.realpath, seen["path"]))
        if DIGEST in seen.columns:
            digests.update(seen[DIGEST])
        else:
            unknown = "; by path only: an earlier version wrote the run and kept no content"
    return SeenClips(frozenset(files), frozenset(digests), unknown)


def seen_in_training(checkpoint: str | Path, clips: pd.DataFrame) -> tuple[str, int]:
    """Return in words how many clips a checkpoint was trained or validated on, and their number.

    Args:
        checkpoint: In its run folder. What its run started from counts, too.
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


def _runs(checkpoint: Path) -> Iterator[RunFolder]:
    """Yield the run of a checkpoint, that of the one it started from, and so on."""
    known: set[Path] = set()
    run = RunFolder.of_checkpoint(checkpoint)
    while run.path not in known:
        known.add(run.path)
        yield run
        start = _started_from(run)
        if start is None:
            return
        there = (working_directory(run) or Path()) / start  # from where it was typed
        run = RunFolder.of_checkpoint(there)
        run = run if run.path.exists() else RunFolder.of_checkpoint(start)


def _started_from(run: RunFolder) -> str | None:
    try:
        config = OmegaConf.load(run.config)
    except (OSError, ValueError, YAMLError):
        return None
    start = config.get("init_from") if isinstance(config, DictConfig) else None
    return start if isinstance(start, str) else None
