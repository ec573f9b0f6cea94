"""Sources of a training -> who made them, their licences, and the lines that these ask for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from instrument_net.errors import InputError
from instrument_net.own_table import read_own_table

_COLUMNS = ("source", "work", "licence", "attribution", "copyright", "note")
_TOGETHER = "+"  # between the names of SoundFonts that hold the same samples
_NEED_COPYRIGHT = ("MIT", "Apache-2.0")


def licensed_sources(clips: pd.DataFrame, table: Path) -> list[dict[str, str | int]]:
    """Return a row for each source that clips come from.

    Args:
        clips: The clips of a training, with a ``source`` each.
        table: CSV file: source, work, licence, attribution, copyright (MIT and Apache alone) and
            note.

    Returns:
        The columns of the table, and ``n_clips``; by name. Of SoundFonts that share samples, every
        one has a row, with the clips of all.

    Raises:
        InputError: If the table cannot be read, a clip has no source, or a source has no row,
            no licence, no attribution, or lacks the copyright line that its licence wants kept.
    """
    rows = _read(table)
    if "source" not in clips.columns or (clips["source"].str.strip() == "").any():
        raise InputError("the clips of the run have no source each: fill the column and train anew")
    named: list[dict[str, str | int]] = []
    for source, n_clips in clips["source"].value_counts().sort_index().items():
        parts = [str(source)] if source in rows.index else str(source).split(_TOGETHER)
        for part in parts:
            if part not in rows.index:
                raise InputError(
                    f"{table}: no row for the source {part}: add its work, licence and attribution"
                )
            row = {column: str(rows.at[part, column]) for column in _COLUMNS[1:]}
            _check(table, part, row)
            named.append({"source": part, **row, "n_clips": int(n_clips)})
    return sorted(named, key=lambda row: str(row["source"]).lower())


def _read(table: Path) -> pd.DataFrame:
    try:
        rows = read_own_table(table)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{table}: cannot be read as a table of sources: {reason}") from error
    if missing := [column for column in _COLUMNS if column not in rows.columns]:
        raise InputError(f"{table}: no table of sources: without {', '.join(missing)}")
    if rows["source"].duplicated().any():
        twice = rows["source"][rows["source"].duplicated()].iloc[0]
        raise InputError(f"{table}: the source {twice} has two rows: keep one")
    return rows.set_index("source")


def _check(table: Path, source: str, row: dict[str, str]) -> None:
    wanted = ["work", "licence", "attribution"]
    if row["licence"] in _NEED_COPYRIGHT:
        wanted.append("copyright")
    if empty := [column for column in wanted if not row[column].strip()]:
        raise InputError(
            f"{table}: the source {source} has no {' and no '.join(empty)}: fill it in"
        )
