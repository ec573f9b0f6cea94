"""What TinySOL and OrchideaSOL share: the columns of their metadata, and where their files lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pandas as pd

from instrument_net.data.corpora.published.official_folds import first_fold_tested
from instrument_net.data.corpora.published.snake_case import snake_case

SOL_CITATION = (
    "C. E. Cella, D. Ghisi, V. Lostanlen, F. Lévy, J. Fineberg, Y. Maresz: OrchideaSOL: a dataset "
    "of extended instrumental techniques for computer-aided orchestration, arXiv 2007.00763, 2020"
)
_NOT_GIVEN = {"N", "None"}  # what the metadata write where there is no pitch, dynamic or mute


def sol_clips(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return the clips of metadata in the form of the Studio On Line corpora.

    Args:
        rows: Of the metadata, all as text.
        folder: That holds the audio, directly or in a folder of its own.
    """
    root = _root(rows["Path"], folder)
    fold = rows["Fold"].str.strip()
    pitch = _column(rows, "Pitch ID", "Pitch ID (if applicable)")
    clips = pd.DataFrame(
        {
            "path": [str(root / PurePosixPath(path)) for path in rows["Path"]],
            "label": rows["Instrument (in full)"].map(snake_case),
            "pitch_midi": pitch.str.removesuffix(".0"),
            "dynamic": _column(rows, "Dynamics"),
            "articulation": _column(rows, "Technique (in full)"),
            "mute": _column(rows, "Mute (in full)"),
            "retuned": _column(rows, "Needed digital retuning", "Resampled").str.lower(),
            "fold": fold,
            "split": first_fold_tested(fold),
        }
    )
    return clips.fillna("")


def _column(rows: pd.DataFrame, *names: str) -> pd.Series:
    """Return the first of these columns that there is, blank where nothing is given."""
    for name in names:
        if name in rows.columns:
            values = rows[name].str.strip()
            return values.mask(values.isin(_NOT_GIVEN), "")
    return pd.Series("", index=rows.index)


def _root(paths: Iterable[str], folder: Path) -> Path:
    """Return the folder that holds the families of instruments.

    Archives hold them directly, or in one or two folders more that are named after the corpus.
    """
    families = {PurePosixPath(path).parts[0] for path in paths if path}
    for root in (folder, *sorted(folder.glob("*")), *sorted(folder.glob("*/*"))):
        if any((root / family).is_dir() for family in families):
            return root
    return folder
