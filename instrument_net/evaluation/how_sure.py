"""Leave-one-source-out predictions -> what a report says about certainty on unseen sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from instrument_net.errors import InputError
from instrument_net.evaluation.calibration import (
    LEAST_CLIPS,
    expected_calibration_error,
    reliability,
)
from instrument_net.evaluation.class_calibration import (
    by_predicted_class,
    class_averaged_calibration_error,
)
from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.prediction_sets import coverage_by_source, holds_true
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.risk_coverage import area_under_risk_coverage, risk_coverage
from instrument_net.evaluation.source_certainty import OnUnseenSources, on_unseen_sources

SHOWN_COVERAGE = 0.9  # whose sets are shown source by source


@dataclass(frozen=True)
class HowSure:
    """How sure a network is of unseen sources, and how often it is right then.

    All of it is nested: what is said of a source was fitted on the other sources.

    Attributes:
        errors: One row a measure, columns ``as predicted`` and ``scaled``.
        reliabilities: ``as predicted`` and ``scaled`` -> table of the reliability diagram.
        risk: Of :func:`~instrument_net.evaluation.risk_coverage.risk_coverage`, scaled.
        sets: One row for each stated coverage: ``coverage`` that was measured, its mean over the
            sources ``source_mean``, ``mean_size`` of the sets, share ``one_class`` of sets with one
            class.
        by_source: Of :func:`~instrument_net.evaluation.prediction_sets.coverage_by_source`, for
            the sets of 90 %; empty where there are none.
        named: Of :func:`~instrument_net.evaluation.class_calibration.by_predicted_class`, scaled.
        unsure: Share of the clips, all of known classes, that no class explains.
    """

    errors: pd.DataFrame
    reliabilities: Mapping[str, pd.DataFrame]
    risk: pd.DataFrame
    sets: pd.DataFrame
    by_source: pd.DataFrame
    named: pd.DataFrame
    unsure: float


def how_sure(predictions: Predictions) -> HowSure:
    """Return what these predictions say about certainty on unseen sources.

    Args:
        predictions: Pooled leave-one-source-out predictions, with a ``source`` a clip.

    Raises:
        InputError: If there are fewer than 50 clips or three sources, or a clip has no source.
    """
    if len(predictions.clips) < LEAST_CLIPS:
        raise InputError(
            f"{len(predictions.clips)} clips are too few to say how sure, it takes {LEAST_CLIPS}"
        )
    unseen = on_unseen_sources(predictions)
    both = {"as predicted": predictions, "scaled": unseen.scaled}
    none = pd.DataFrame(columns=["n_clips", "coverage", "mean_size", "one_class"])
    shown = unseen.sets.get(SHOWN_COVERAGE)
    return HowSure(
        errors=pd.DataFrame({name: _errors(each) for name, each in both.items()}),
        reliabilities={name: reliability(each) for name, each in both.items()},
        risk=risk_coverage(unseen.scaled),
        sets=_sets(predictions, unseen),
        by_source=none if shown is None else coverage_by_source(predictions, shown),
        named=by_predicted_class(unseen.scaled),
        unsure=float(unseen.unsure.double().mean()),
    )


def _errors(predictions: Predictions) -> dict[str, float]:
    return {
        "calibration error": expected_calibration_error(predictions),
        "class-averaged calibration error": class_averaged_calibration_error(predictions),
        "log-loss": measure(predictions).overall["log_loss"],
        "mean confidence": float(predictions.probabilities.amax(dim=1).mean()),
        "accuracy": float(predictions.correct.double().mean()),
        "area under risk-coverage": area_under_risk_coverage(risk_coverage(predictions)),
    }


def _sets(predictions: Predictions, unseen: OnUnseenSources) -> pd.DataFrame:
    rows = {}
    for stated, sets in unseen.sets.items():
        sizes = sets.sum(dim=1)
        rows[stated] = {
            "coverage": float(holds_true(predictions, sets).double().mean()),
            "source_mean": float(coverage_by_source(predictions, sets)["coverage"].mean()),
            "mean_size": float(sizes.double().mean()),
            "one_class": float((sizes == 1).double().mean()),
        }
    columns = ["coverage", "source_mean", "mean_size", "one_class"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("stated")
