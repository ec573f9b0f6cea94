"""The metrics of parts of a split: of each source, dynamic or register."""

from __future__ import annotations

import pandas as pd
import torch

from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.predictions import Predictions

_MOST_ROWS = 25  # of a table; of a column with more values, the smallest are pooled
_OCTAVE = 12
_SHOWN = ("accuracy", "macro_recall", "log_loss", "n_clips")
# Identifies or measures single clips, or states how they were cut: nothing to group by.
_NOT_COMPARED = {
    "path", "label", "split", "group", "start_s", "duration_s", "recording_id", "kept_whole",
}  # fmt: skip


def columns_to_compare(clips: pd.DataFrame) -> list[str]:
    """Return the metadata columns that divide clips into groups: two or more values.

    A column with more values than half the number of clips names single clips.

    Args:
        clips: A table of clips.
    """
    return [
        column
        for column in clips.columns
        if column not in _NOT_COMPARED and 2 <= _values(clips, column).nunique() <= len(clips) // 2
    ]


def break_down(predictions: Predictions, column: str) -> pd.DataFrame:
    """Return the metrics of the clips that share a value of a column.

    Args:
        predictions: Of all clips.
        column: A column of their table. ``pitch_midi`` is grouped by octave.

    Returns:
        One row a value: ``accuracy``, ``macro_recall`` over the classes that occur with it,
        ``log_loss``, ``n_clips``. Of more than 25 values, the 24 with most clips, and last one row
        of all others together: ``38 others``.
    """
    values, others = _pooled(_values(predictions.clips, column))
    rows = {}
    for value in [*sorted(set(values) - {others}), *([others] if others else [])]:
        overall = measure(predictions.of(torch.tensor((values == value).to_numpy()))).overall
        rows[value] = [overall[metric] for metric in _SHOWN]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(_SHOWN))
    return table.astype({"n_clips": int}).rename_axis(column)


def _pooled(values: pd.Series) -> tuple[pd.Series, str]:
    """Return the values, the rarest of too many under one name; and that name, empty if none."""
    # Ties by name: the order of the clips must not decide.
    counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if len(counts) <= _MOST_ROWS:
        return values, ""
    rare = counts.index[_MOST_ROWS - 1 :]
    name = f"{len(rare)} others"
    while name in counts.index:
        name = f"({name})"
    return values.where(~values.isin(rare), name), name


def _values(clips: pd.DataFrame, column: str) -> pd.Series:
    if column != "pitch_midi":
        return clips[column].fillna("").astype(str).replace({"": "(blank)"})
    pitch = pd.to_numeric(clips[column], errors="coerce")
    octave = (pitch // _OCTAVE - 1).astype("Int64").astype(str)  # MIDI 60 = C4
    return ("C" + octave + " to B" + octave).where(pitch.notna(), "(blank)")
