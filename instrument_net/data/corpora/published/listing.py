"""The clips that a published corpus lists -> a manifest of those whose files are there."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from instrument_net.data.corpora.published.facts import CorpusFacts
from instrument_net.data.corpora.published.partial_copy import incompleteness
from instrument_net.data.grouping import KEPT_WHOLE, connected
from instrument_net.data.manifest import Manifest, ManifestError, checked_manifest
from instrument_net.files import printable

# In this order in every table of a published corpus; what is not known of any clip is no column.
_COLUMNS = (
    "path",
    "label",
    "source",
    "instrument_id",
    "recording_id",
    "pitch_midi",
    "dynamic",
    "articulation",
)


def listed_manifest(listed: pd.DataFrame, origin: Path, facts: CorpusFacts) -> Manifest:
    """Return the manifest of the clips whose files are there.

    Args:
        listed: One row a clip that the corpus lists: ``path`` (absolute, str), ``label``, and as
            text, blank where not known, any of ``instrument_id``, ``recording_id``,
            ``pitch_midi``, ``dynamic``, ``articulation``, ``split``, ``fold`` and columns of the
            corpus' own; ``source`` is the corpus' name unless it is given; ``start_s`` and
            ``duration_s`` (float) where a clip is part of a file.
        origin: The corpus' folder.
        facts: Of the corpus.

    Raises:
        ManifestError: If none of the files is there.
    """
    there = np.array([*map(_is_file, listed["path"])], dtype=bool)
    if not there.any():
        example = f", for example {printable(listed['path'].iloc[0])}" if len(listed) else ""
        raise ManifestError(
            f"{origin}: none of the {len(listed)} clips of {facts.title} is there{example}; "
            f"expected: {facts.layout}"
        )
    table = listed[there].reset_index(drop=True)
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    if "source" not in table.columns:
        table["source"] = facts.name
    if "start_s" not in table.columns:
        table = table.assign(start_s=0.0, duration_s=float("nan"))
    blank = [name for name in table.columns if table[name].dtype != float and _blank(table[name])]
    table = table.drop(columns=blank)
    if facts.keeps_whole:
        table[KEPT_WHOLE] = connected(table, facts.keeps_whole)
    first = [name for name in _COLUMNS if name in table.columns]
    table = table[[*first, *table.columns.difference(first, sort=False)]]
    return replace(
        checked_manifest(table, origin),
        caveat=facts.beware + _kept_whole_in_words(facts),
        keeps_whole=facts.keeps_whole,
        incomplete=incompleteness(listed, there, origin, facts),
    )


def _kept_whole_in_words(facts: CorpusFacts) -> str:
    columns = " or ".join(facts.keeps_whole)
    return f"; clips that share {columns} are one group ({KEPT_WHOLE})" if columns else ""


def metadata_rows(path: Path, columns: Sequence[str], facts: CorpusFacts) -> pd.DataFrame:
    """Read a CSV file that a corpus is published with, all as text.

    Args:
        path: The file.
        columns: That are needed; others are kept.
        facts: Of the corpus.

    Raises:
        ManifestError: If it is not there, cannot be read, or does not have the columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
            table = pd.DataFrame(rows, columns=[name.strip() for name in header], dtype=str)
    except OSError as error:
        raise ManifestError(
            f"{path}: cannot be opened ({error.strerror}); expected: {facts.layout}"
        ) from error
    except (csv.Error, UnicodeDecodeError, ValueError) as error:
        raise ManifestError(
            f"{path}: not the CSV file of {facts.title} ({error}); fetch it again"
        ) from error
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ManifestError(
            f"{path}: no column {missing[0]!r}, which the file of {facts.title} has; it has "
            f"{', '.join(table.columns)}"
        )
    return table


def corpus_folder(path: str | Path, facts: CorpusFacts) -> Path:
    """Return the absolute folder of a corpus.

    Raises:
        ManifestError: If there is no such folder.
    """
    folder = Path(path).resolve()
    if not folder.is_dir():
        raise ManifestError(
            f"{folder}: no such folder; data.path must hold {facts.title}: {facts.layout}"
        )
    return folder


def find_below(folder: Path, name: str) -> Path:
    """Return where a file of this name lies in a folder or below it, the uppermost first.

    Where there is none, the path that it would have in the folder itself.
    """
    if (folder / name).is_file():
        return folder / name
    found = sorted(folder.rglob(name), key=lambda path: (len(path.parts), path))
    return found[0] if found else folder / name


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # too long, or with a NUL in it
        return False


def _blank(values: pd.Series) -> bool:
    return bool((values == "").all())
