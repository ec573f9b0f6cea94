"""Predictions -> everything that a report states about them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from instrument_net.evaluation.breakdown import break_down, columns_to_compare
from instrument_net.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    why_no_temperature,
    with_temperature,
)
from instrument_net.evaluation.common_classes import CommonClasses, among_common_classes
from instrument_net.evaluation.metrics import Metrics, measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals


@dataclass(frozen=True)
class Report:
    """What a report states.

    Attributes:
        metrics: Per class, and overall with ``expected_calibration_error``; where a temperature
            was fitted, also ``temperature``, and log-loss and calibration error of the scaled
            probabilities (``..._scaled``).
        intervals: 95 % bootstrap intervals by recording: ``low`` and ``high`` of each metric.
        reliabilities: ``uncalibrated`` and, where one was fitted, the temperature -> the table of
            the reliability diagram.
        breakdowns: Metadata column -> metrics of each of its values.
        remarks: Sentences on what is not stated, and why.
        mistakes: The misclassified clips, the most confident first: rows of
            :meth:`Predictions.table`.
        common: The scores among the classes that occur, where the clips are of another corpus and
            some do not; ``None`` elsewhere.
    """

    metrics: Metrics
    intervals: pd.DataFrame
    reliabilities: Mapping[str, pd.DataFrame]
    breakdowns: Mapping[str, pd.DataFrame]
    remarks: tuple[str, ...]
    mistakes: pd.DataFrame
    common: CommonClasses | None = None

    @property
    def known_metrics(self) -> dict[str, float]:
        """The overall metrics without those that a remark says are not stated."""
        return {name: v for name, v in self.metrics.overall.items() if not math.isnan(v)}


def report_content(
    predictions: Predictions, validation: Predictions | None, *, other_corpus: bool = False
) -> Report:
    """Return what a report of these predictions states.

    Args:
        predictions: What to report.
        validation: Predictions of other clips, on which the temperature is fitted.
        other_corpus: Whether the clips are of a corpus that the network was not trained for, which
            may have some of its classes only.
    """
    metrics = measure(predictions)
    reliabilities = {"uncalibrated": reliability(predictions)}
    metrics.overall["expected_calibration_error"] = expected_calibration_error(predictions)
    remarks = _unmeasured(predictions)
    if validation is not None:
        temperature = fit_temperature(validation)
        reason = why_no_temperature(validation, temperature)
        if reason is None:
            scaled = with_temperature(predictions, temperature)
            reliabilities[f"temperature {temperature:.2f}"] = reliability(scaled)
            metrics.overall["temperature"] = temperature
            metrics.overall["log_loss_scaled"] = measure(scaled).overall["log_loss"]
            calibrated = expected_calibration_error(scaled)
            metrics.overall["expected_calibration_error_scaled"] = calibrated
        else:
            remarks.append(f"No temperature was fitted: {reason}.")
    table = predictions.table()
    return Report(
        metrics=metrics,
        intervals=bootstrap_intervals(predictions),
        reliabilities=reliabilities,
        breakdowns={c: break_down(predictions, c) for c in columns_to_compare(predictions.clips)},
        remarks=tuple(remarks),
        mistakes=table[~table["correct"]].sort_values("confidence", ascending=False),
        common=among_common_classes(predictions) if other_corpus else None,
    )


def _unmeasured(predictions: Predictions) -> list[str]:
    tested = predictions.clips["label"].unique()
    if len(tested) > 1:
        return []
    return [
        f"Neither precision nor F1: all clips are of one class, {tested[0]}, so no other can be "
        "taken for it."
    ]
