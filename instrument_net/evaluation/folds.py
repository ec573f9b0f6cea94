"""Folds taken together: one test of all their clips, and each fold's figures beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import torch

from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals


def together(parts: Sequence[Predictions]) -> Predictions:
    """Return the predictions of all folds as one.

    Args:
        parts: Of each fold; their networks may know different classes, which are matched by name.
    """
    class_names = sorted({name for part in parts for name in part.class_names})
    return Predictions(
        clips=pd.concat([part.clips for part in parts]),
        probabilities=torch.cat([part.over(class_names).probabilities for part in parts]),
        class_names=tuple(class_names),
    )


def figures_of_folds(parts: Mapping[int | str, Predictions]) -> pd.DataFrame:
    """Return each fold's figures.

    Args:
        parts: Fold -> its predictions.

    Returns:
        One row a fold: every figure of :func:`measure`, and with ``_low`` and ``_high`` the ends of
        the 95 % intervals of ``macro_recall`` by recording.
    """
    rows = {}
    for fold, part in parts.items():
        low, high = bootstrap_intervals(part).loc["macro_recall"]
        interval = {"macro_recall_low": low, "macro_recall_high": high}
        rows[fold] = measure(part).overall | interval
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fold")
