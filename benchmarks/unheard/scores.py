"""Finished trials -> one table: a row a recipe, against the best on the same clips and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import torch

from benchmarks.unheard.trial import Trial
from instrument_net.evaluation import (
    Predictions,
    bootstrap_intervals,
    compare_pair,
    measure,
    pooled,
)
from instrument_net.evaluation.folds import of_ensemble

_METRIC = "macro_recall"
_PHRASE = "phrase"  # what the values of the column articulation begin with

Key = tuple[int, str]  # seed and fold


def finished(trials: Sequence[Trial]) -> dict[str, dict[Key, Predictions]]:
    """Return recipe -> seed and fold -> predictions, of the trials that are done."""
    done: dict[str, dict[Key, Predictions]] = {}
    for trial in trials:
        if trial.is_done(stress=False):
            done.setdefault(trial.name, {})[trial.seed, trial.fold] = trial.predictions()
    return done


def table_of(
    done: Mapping[str, Mapping[Key, Predictions]], questions: Mapping[str, str], reference: str
) -> pd.DataFrame:
    """Return a row of text a recipe.

    A clip counts once a seed: a score is the mean over seeds. Intervals resample recordings, and
    all seeds of one together; seeds differ more than they say. ``averaged`` is the score of the
    networks of all seeds together.

    Args:
        done: Recipe -> seed and fold -> predictions.
        questions: Recipe -> what it asks.
        reference: The recipe that the others are compared with, on the seeds and folds of both.
    """
    rows = []
    for name, parts in done.items():
        whole = pooled([parts[key] for key in sorted(parts)])
        seeds = sorted({seed for seed, _ in parts})
        each = [
            recall_of(pooled([parts[key] for key in parts if key[0] == seed])) for seed in seeds
        ]
        rows.append(
            {
                "recipe": name,
                "question": questions[name],
                "folds": len({fold for _, fold in parts}),
                "clips": whole.clips["path"].nunique(),
                "macro recall": _with_interval(whole),
                "of each seed": ", ".join(f"{recall:.3f}" for recall in each),
                "averaged": _with_interval(together(parts)) if len(seeds) > 1 else "",
                "phrases": _of_phrases(whole),
                "difference": _difference(parts, done.get(reference, {}), same=name == reference),
            }
        )
    return pd.DataFrame(rows)


def together(parts: Mapping[Key, Predictions]) -> Predictions:
    """Return what the networks of all seeds say of each clip, as one ensemble.

    Args:
        parts: Seed and fold -> predictions.
    """
    folds = sorted({fold for _, fold in parts})
    return pooled(
        [of_ensemble([parts[key] for key in sorted(parts) if key[1] == fold]) for fold in folds]
    )


def _difference(
    parts: Mapping[Key, Predictions], others: Mapping[Key, Predictions], *, same: bool
) -> str:
    common = sorted(set(parts) & set(others))
    if same or not common:
        return ""
    a = pooled([others[key] for key in common])
    b = pooled([parts[key] for key in common])
    names = sorted({*a.class_names, *b.class_names})
    row = compare_pair(a.over(names), b.over(names)).differences.loc[_METRIC]
    return f"{row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"


def _of_phrases(predictions: Predictions) -> str:
    if "articulation" not in predictions.clips:
        return ""
    phrases = predictions.clips["articulation"].str.startswith(_PHRASE).to_numpy()
    if not phrases.any():
        return ""
    return _with_interval(predictions.of(torch.tensor(phrases)))


def recall_of(predictions: Predictions) -> float:
    """Return the macro recall."""
    return float(measure(predictions).overall[_METRIC])


def _with_interval(predictions: Predictions) -> str:
    low, high = bootstrap_intervals(predictions).loc[_METRIC]
    return f"{recall_of(predictions):.3f} ({low:.3f} to {high:.3f})"
