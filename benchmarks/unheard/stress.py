"""Finished trials under stress -> one table: a row a condition, a column a recipe."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from benchmarks.unheard.trial import Trial
from instrument_net.own_table import read_own_table

_AS_THEY_ARE = "as they are"
_OF_A_CLIP = ["path", "label"]  # the other columns of the table of clips are conditions


def stress_table(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return the macro recall of each recipe, over its folds and seeds, under each condition."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for trial in trials:
        if trial.is_done(stress=True):
            table = read_own_table(trial.stress_folder.report / "stress_clips.csv")
            unchanged = trial.predictions().table()["predicted"].to_numpy()
            parts.setdefault(trial.name, []).append(table.assign(**{_AS_THEY_ARE: unchanged}))
    columns = {name: _recalls(pd.concat(tables)) for name, tables in parts.items()}
    table = pd.DataFrame(columns).map("{:.3f}".format)
    return table.rename_axis("condition").reset_index()


def _recalls(clips: pd.DataFrame) -> pd.Series:
    conditions = clips.columns.drop(_OF_A_CLIP)
    correct = clips[conditions].eq(clips["label"], axis="index")
    return correct.groupby(clips["label"]).mean().mean()
