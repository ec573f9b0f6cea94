"""Clips of equal content, however their files are called: copies, links, two spellings of a path.

A copy in the test split of a clip that was trained on is no test. So copies stay in one split, and
copies with two labels, of which one must be wrong, are in none.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from instrument_net.data.linked import linked
from instrument_net.data.manifest import SPLIT_NAMES

DIGEST = "digest"  # column: of the decoded samples, equal where these are
# Column, where near duplicates are looked for: names the recording, equal where clips are the same
# at another level, cut, rate or codec, see :mod:`instrument_net.data.near_duplicates`.
RECORDING = "same_recording"
COPY = "copy"  # split of a clip whose content an earlier split has
TWO_LABELS = "two_labels"  # split of a clip whose content has another label elsewhere


def content(clips: pd.DataFrame) -> pd.Series:
    """Return what is equal for copies: the recording of each clip where it is known, or its digest.

    Args:
        clips: With ``digest``, and ``same_recording`` where near duplicates are looked for.
    """
    return clips[RECORDING if RECORDING in clips.columns else DIGEST]


def contradictions(clips: pd.DataFrame) -> pd.Series:
    """Return why clips are left out whose content occurs with another label.

    Args:
        clips: With ``path``, ``label`` and ``digest``.

    Returns:
        Of the rows that are concerned only: both files, both labels, and what to do.
    """
    labels_of = clips.groupby(DIGEST)["label"].transform("nunique")
    concerned = clips[labels_of > 1]
    reasons = {}
    for _, same in concerned.groupby(DIGEST):
        for row, path, label in zip(same.index, same["path"], same["label"], strict=True):
            other = same[same["label"] != label].iloc[0]
            reasons[row] = (
                f"{path}: labelled {label!r} and of the same content as {other['path']}, "
                f"labelled {other['label']!r}: one of the two labels is wrong; keep the right file"
            )
    return pd.Series(reasons, dtype=object).reindex(concerned.index)


def joined(groups: pd.Series, clips: pd.DataFrame) -> pd.Series:
    """Return the groups, those with a clip of equal content as one, named after the first by name.

    Args:
        groups: Of each clip.
        clips: With ``digest``; without it nothing is joined.
    """
    if DIGEST not in clips.columns or content(clips).is_unique:
        return groups
    return linked(groups, [content(clips), groups])


def without_copies(splits: pd.Series, clips: pd.DataFrame) -> pd.Series:
    """Return the splits, with ``copy`` for a clip whose content an earlier split has.

    Groups keep copies together; this is for clips that a table or their source puts apart.

    Args:
        splits: Of each clip.
        clips: With ``digest``; without it nothing is changed.
    """
    if DIGEST not in clips.columns or content(clips).is_unique:
        return splits
    rank = splits.map({name: position for position, name in enumerate(SPLIT_NAMES)})
    first = rank.groupby(content(clips)).transform("min")
    return splits.mask(rank > first, COPY)


def one_name_a_file(paths: pd.Series) -> pd.Series:
    """Return the paths, links and other spellings of a file under the first that names it."""
    first: dict[object, str] = {}
    return paths.map({path: first.setdefault(_identity(path), path) for path in paths.unique()})


def described_copies(clips: pd.DataFrame) -> str | None:
    """Return how many clips are copies of others, and what became of them; ``None`` without any.

    Args:
        clips: With ``split``, and ``digest``; without ``digest`` nothing is known.
    """
    if DIGEST not in clips.columns:
        return None
    clips = clips[clips["split"].isin([*SPLIT_NAMES, COPY])]
    copies = content(clips).duplicated(keep="first")
    if not copies.any():
        return None
    n_near = int(copies.sum() - clips[DIGEST].duplicated(keep="first").sum())
    apart = int((clips["split"] == COPY).sum())
    n_copies = int(copies.sum())
    what = "clip is a copy of another" if n_copies == 1 else "clips are copies of others"
    together = f"{n_copies} {what} by content"
    if n_near:
        together += f", {n_near} of them at another level, cut, rate or codec"
    if n_copies > apart:
        together += ", and a clip and its copies are in one split"
    if apart:
        together += f"; {apart} whose content an earlier split has are not used"
    return together


def _identity(path: str) -> object:
    try:
        found = Path(path).stat()
    except (OSError, ValueError):  # its reader says what is wrong
        return path
    # Where a file system numbers no files, the path without links and detours tells them apart.
    return (found.st_dev, found.st_ino) if found.st_ino else os.path.realpath(path)
