"""Folds of a cross-validation: their predictions pooled, and the metrics of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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


def of_ensemble(parts: Sequence[Predictions]) -> Predictions:
    """Return what several networks predict for the same clips as one ensemble.

    As those of :class:`~instrument_net.models.Ensemble`, their logits are averaged: probabilities
    are the geometric mean, normalised.

    Args:
        parts: One of each network, of the same clips and classes in the same order.

    Raises:
        ValueError: If clips or classes differ.
    """
    first, *others = parts
    for other in others:
        if list(other.clips["path"]) != list(first.clips["path"]):
            raise ValueError("an ensemble's networks predict the same clips in the same order")
        if other.class_names != first.class_names:
            raise ValueError(f"classes differ: {first.class_names} and {other.class_names}")
    tiny = torch.finfo(first.probabilities.dtype).tiny
    logits = torch.stack([part.probabilities.clamp_min(tiny).log() for part in parts]).mean(dim=0)
    return replace(first, probabilities=logits.softmax(dim=1))


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
