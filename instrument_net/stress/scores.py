"""Predictions of the same clips under several conditions -> their scores, against the clips."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from instrument_net.evaluation import Predictions, bootstrap_intervals, compare_pair, measure
from instrument_net.stress.conditions import Condition

AS_THEY_ARE = "as they are"
_METRIC = "macro_recall"


def score_under(predictions: Predictions, under: Mapping[Condition, Predictions]) -> pd.DataFrame:
    """Return the macro recall under each condition, and its difference to that without any.

    Args:
        predictions: Of the clips as they are.
        under: Condition -> predictions of the same clips, in the same order.

    Returns:
        Indexed by ``condition``, the clips ``as they are`` first: ``kind`` and ``value`` of the
        condition; ``macro_recall``, its 95 % bootstrap interval by recording from ``low`` to
        ``high``; ``difference`` to the clips as they are, its paired interval from
        ``difference_low`` to ``difference_high``, and ``p``, see
        :class:`~instrument_net.evaluation.resampling.PairedComparison`. Blank or NaN where there
        is nothing to compare with.
    """
    rows = {AS_THEY_ARE: {"kind": "", **_own(predictions)}}
    for condition, changed in under.items():
        pair = compare_pair(predictions, changed).differences.loc[_METRIC]
        rows[condition.name] = {
            "kind": condition.kind,
            "value": condition.value,
            **_own(changed),
            "difference": pair["difference"],
            "difference_low": pair["low"],
            "difference_high": pair["high"],
            "p": pair["p"],
        }
    columns = [
        "kind", "value", _METRIC, "low", "high",
        "difference", "difference_low", "difference_high", "p",
    ]  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("condition")


def _own(predictions: Predictions) -> dict[str, object]:
    low, high = bootstrap_intervals(predictions).loc[_METRIC]
    return {_METRIC: measure(predictions).overall[_METRIC], "low": low, "high": high}
