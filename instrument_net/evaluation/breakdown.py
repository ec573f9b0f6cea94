"""The metrics of parts of a split: of each source, dynamic or register."""

from __future__ import annotations

import pandas as pd
import torch

from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.predictions import Predictions

_MOST_VALUES = 25  # a column with more has no groups worth a table
_OCTAVE = 12
_SHOWN = ("accuracy", "macro_recall", "log_loss", "n_clips")
# Identifies or measures single clips, or states how they were cut: nothing to group by.
_NOT_COMPARED = {"path", "label", "split", "group", "start_s", "duration_s", "recording_id"}


def columns_to_compare(clips: pd.DataFrame) -> list[str]:
    """Return the metadata columns that divide clips into groups: 2 to 25 values, shared by clips.

    Args:
        clips: A table of clips.
    """
    return [
        column
        for column in clips.columns
        if column not in _NOT_COMPARED
        and 2 <= _values(clips, column).nunique() <= min(_MOST_VALUES, len(clips) // 2)
    ]


def break_down(predictions: Predictions, column: str) -> pd.DataFrame:
    """Return the metrics of the clips that share a value of a column.

    Args:
        predictions: Of all clips.
        column: A column of their table. ``pitch_midi`` is grouped by octave.

    Returns:
        One row a value: ``accuracy``, ``macro_recall`` over the classes that occur with it,
        ``log_loss``, ``n_clips``.
    """
    values = _values(predictions.clips, column)
    rows = {}
    for value in sorted(values.unique()):
        chosen = (values == value).to_numpy()
        part = Predictions(
            clips=predictions.clips[chosen],
            probabilities=predictions.probabilities[torch.tensor(chosen)],
            class_names=predictions.class_names,
        )
        overall = measure(part).overall
        rows[value] = [overall[metric] for metric in _SHOWN]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(_SHOWN))
    return table.astype({"n_clips": int}).rename_axis(column)


def _values(clips: pd.DataFrame, column: str) -> pd.Series:
    if column != "pitch_midi":
        return clips[column].fillna("").astype(str).replace({"": "(blank)"})
    pitch = pd.to_numeric(clips[column], errors="coerce")
    octave = (pitch // _OCTAVE - 1).astype("Int64").astype(str)  # MIDI 60 = C4
    return ("C" + octave + " to B" + octave).where(pitch.notna(), "(blank)")
