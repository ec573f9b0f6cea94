"""Folds of a cross-validation: their predictions pooled, and the metrics of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import torch

from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals


def pooled(parts: Sequence[Predictions]) -> Predictions:
    """Return the predictions of all folds as one.

    Args:
        parts: One of each fold. Their networks may have different classes, which are matched by
            name.
    """
    class_names = sorted({name for part in parts for name in part.class_names})
    return Predictions(
        clips=pd.concat([part.clips for part in parts]),
        probabilities=torch.cat([part.over(class_names).probabilities for part in parts]),
        class_names=tuple(class_names),
    )


def fold_metrics(parts: Mapping[int | str, Predictions]) -> pd.DataFrame:
    """Return the metrics of each fold.

    Args:
        parts: Fold -> its predictions.

    Returns:
        One row a fold: every metric of :func:`measure`, and the limits of the 95 % interval of
        ``macro_recall`` by recording as ``macro_recall_low`` and ``macro_recall_high``.
    """
    rows = {}
    for fold, part in parts.items():
        low, high = bootstrap_intervals(part).loc["macro_recall"]
        interval = {"macro_recall_low": low, "macro_recall_high": high}
        rows[fold] = measure(part).overall | interval
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fold")
