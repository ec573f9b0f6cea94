"""Scores among the classes that both a network and the clips of another corpus have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.named_outputs import renormalised
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals

_ALWAYS_RIGHT = 3  # of so few classes, the first three hold the right one


@dataclass(frozen=True)
class CommonClasses:
    """Where only some of a network's classes occur: which, and the scores among them.

    Attributes:
        names: The classes that occur among the clips, in the order of the network's.
        n_outputs: How many classes the network has.
        overall: Metric -> value, as in :class:`Metrics`, had the network no other outputs: their
            probabilities are left out and the others sum to 1. Empty where there is one class,
            among which nothing can be confused.
        intervals: Their 95 % bootstrap intervals by recording: ``low`` and ``high``.
    """

    names: Sequence[str]
    n_outputs: int
    overall: dict[str, float]
    intervals: pd.DataFrame

    def describe(self) -> str:
        """Return which classes meet, and what the scores are of, as one or two sentences."""
        several = f"{len(self.names)} occur" if len(self.names) > 1 else "one occurs"
        said = (
            f"Of the network's {self.n_outputs} classes, {several} among the clips: "
            f"{', '.join(self.names)}."
        )
        if not self.overall:
            return f"{said} No scores among them: nothing can be confused."
        return (
            f"{said} Scores over all outputs count every prediction of another class as a mistake; "
            "scores among the common classes leave the other outputs out."
        )


def among_common_classes(predictions: Predictions) -> CommonClasses | None:
    """Return the scores among the classes that occur; ``None`` where all of them do.

    Args:
        predictions: Over all of the network's outputs.
    """
    occurring = set(predictions.clips["label"])
    names = [name for name in predictions.class_names if name in occurring]
    n_outputs = len(predictions.class_names)
    if len(names) == n_outputs:
        return None
    if len(names) < 2:
        return CommonClasses(names, n_outputs, {}, pd.DataFrame(columns=["low", "high"]))
    columns = [predictions.class_names.index(name) for name in names]
    among = Predictions(
        predictions.clips, renormalised(predictions.probabilities[:, columns]), tuple(names)
    )
    overall = measure(among).overall
    if len(names) <= _ALWAYS_RIGHT:
        del overall["top_3_accuracy"]
    intervals = bootstrap_intervals(among)
    return CommonClasses(names, n_outputs, overall, intervals.reindex(list(overall)).dropna())
