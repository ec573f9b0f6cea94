"""Leave-one-source-out predictions -> the scores that a checkpoint keeps and its card shows."""

from __future__ import annotations

from typing import Any

from instrument_net.evaluation.how_sure import HowSure
from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.other_sources import sources_of
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals

_DIGITS = 4
_METRICS = ("accuracy", "macro_recall", "top_3_accuracy")


def kept_scores(predictions: Predictions, sure: HowSure) -> dict[str, Any]:
    """Return how good networks are on sources that they were not trained on, as plain values.

    Args:
        predictions: Each made by a network that was not trained on the clip's source.
        sure: What :func:`~instrument_net.evaluation.how_sure.how_sure` says of them.

    Returns:
        ``n_clips``, ``n_sources``; ``scores``, metric -> value; ``intervals``, metric -> the ends
        of its 95 % interval; ``classes``, class -> recall and number of clips, those that were
        tested; ``calibration_error``, as predicted and scaled; ``sets``, stated coverage ->
        measured coverage and mean number of classes; ``unsure``, share of the clips.
    """
    metrics = measure(predictions)
    intervals = bootstrap_intervals(predictions)
    tested = metrics.per_class[metrics.per_class["n_clips"] > 0]
    errors = sure.errors.loc["calibration error"]
    return {
        "n_clips": len(predictions.clips),
        "n_sources": len(sources_of(predictions)),
        "scores": {name: _rounded(metrics.overall[name]) for name in _METRICS},
        "intervals": {
            name: [_rounded(end) for end in intervals.loc[name]]
            for name in _METRICS
            if name in intervals.index
        },
        "classes": {
            str(name): {"recall": _rounded(recall), "n_clips": int(n_clips)}
            for name, recall, n_clips in zip(
                tested.index, tested["recall"], tested["n_clips"], strict=True
            )
        },
        "calibration_error": {str(name): _rounded(value) for name, value in errors.items()},
        "sets": {
            f"{stated:g}": {
                "coverage": _rounded(row["coverage"]),
                "mean_size": _rounded(row["mean_size"]),
            }
            for stated, row in zip(sure.sets.index, sure.sets.to_dict("records"), strict=True)
        },
        "unsure": _rounded(sure.unsure),
    }


def _rounded(value: object) -> float:
    return round(float(value), _DIGITS)  # type: ignore[arg-type]
