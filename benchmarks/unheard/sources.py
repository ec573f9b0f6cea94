"""Finished trials -> does a class need more sources? Recall by their number in training."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from benchmarks.unheard.trial import Trial
from instrument_net.own_table import read_own_table

_MOST = 5  # sources; more are one row


def recall_by_sources(trials: Sequence[Trial], name: str) -> pd.DataFrame:
    """Return a row for each number of sources that a class was trained on.

    A class counts in every fold that tests it, with the sources that were left to train it; banks
    and other extra corpora are not counted, they hold nearly all classes.

    Args:
        trials: Those of ``name`` that are done are read.
        name: A recipe.
    """
    tested = [classes_of(t) for t in trials if t.name == name and t.is_done(stress=False)]
    classes = pd.concat(tested)
    shown = classes["n_sources"].clip(upper=_MOST)
    rows = classes.groupby(shown).agg(
        cases=("recall", "size"), clips=("n_clips", "sum"), recall=("recall", "mean")
    )
    names = [f"{n} or more" if n == _MOST else str(n) for n in rows.index]
    table = rows.assign(clips=rows["clips"].astype(int), recall=rows["recall"].map("{:.3f}".format))
    return table.set_axis(pd.Index(names, name="sources in training")).reset_index()


def classes_of(trial: Trial) -> pd.DataFrame:
    """Return a row for each class that a trial tests: ``n_sources``, ``n_clips``, ``recall``."""
    clips = read_own_table(trial.folder.splits)
    trained = clips[(clips["split"] == "train") & (clips.get("extra", "") == "")]
    predictions = trial.predictions()
    correct = pd.Series(predictions.correct.numpy(), index=predictions.clips["label"].to_numpy())
    of_class = correct.groupby(level=0)
    return pd.DataFrame(
        {
            "n_sources": trained.groupby("label")["source"].nunique(),
            "n_clips": of_class.size(),
            "recall": of_class.mean(),
        }
    ).dropna(subset="recall")
