"""Runs side by side, as tables: settings, metrics, classes, and each run against the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import torch

from instrument_net.errors import InputError
from instrument_net.evaluation.metrics import measure
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals, compare_pair

# Differ between any two runs, and explain nothing.
_NOT_COMPARED = (
    "run_dir",
    "name",
    "resume_from",
    "checkpoint_minutes",
    "callbacks.checkpoint.dirpath",
    "logger.save_dir",
)


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        name: Distinguishes it from the others.
        predictions: Of its test clips.
        settings: Its configuration, dotted key -> value; empty where it was not kept.
    """

    name: str
    predictions: Predictions
    settings: dict[str, Any]

    @cached_property
    def measured(self) -> pd.DataFrame:
        """``value``, ``low`` and ``high`` of each metric that has a 95 % interval, by its name."""
        overall = pd.Series(measure(self.predictions).overall)
        intervals = bootstrap_intervals(self.predictions).dropna()
        return intervals.assign(value=overall.reindex(intervals.index))


def compare_runs(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """Return title -> table of text: settings, metrics, F1 per class, each run against the first.

    Args:
        runs: At least one.

    Raises:
        InputError: If a run shares no test clip with the first.
    """
    tables = {
        "Settings that differ": differing_settings(runs),
        "Metrics (95 % interval, bootstrap by recording)": _metrics(runs),
        "F1 per class": _f1_per_class(runs),
    }
    for run in runs[1:]:
        a, b = shared_clips(runs[0], run)
        title = f"{run.name} minus {runs[0].name}, {len(a.clips)} shared clips"
        tables[title] = _differences(a, b)
    return tables


def differing_settings(runs: Sequence[Run]) -> pd.DataFrame:
    """Return the settings that are not the same in all runs, one column a run."""
    keys = sorted({key for run in runs for key in run.settings} - set(_NOT_COMPARED))
    settings = pd.DataFrame(
        {run.name: [str(run.settings.get(key, "")) for key in keys] for run in runs}, index=keys
    )
    differ = settings.ne(settings.iloc[:, 0], axis="index").any(axis="columns")
    return settings[differ].rename_axis("setting")


def shared_clips(first: Run, other: Run) -> tuple[Predictions, Predictions]:
    """Return the predictions of both runs for the clips that both were tested on.

    Clips are matched by file and position in it, classes by name.

    Raises:
        InputError: If there is no such clip.
    """
    both = (first.predictions, other.predictions)
    positions = [
        {key: index for index, key in enumerate(_clip_keys(predictions))} for predictions in both
    ]
    keys = [key for key in positions[0] if key in positions[1]]
    if not keys:
        raise InputError(f"{first.name} and {other.name} were tested on no clip in common")
    classes = sorted({name for predictions in both for name in predictions.class_names})
    a, b = (
        predictions.of(torch.tensor([position[key] for key in keys])).over(classes)
        for predictions, position in zip(both, positions, strict=True)
    )
    return a, b


def _metrics(runs: Sequence[Run]) -> pd.DataFrame:
    columns = {}
    for run in runs:
        columns[run.name] = {
            name: f"{value:.3f} ({low:.3f} to {high:.3f})"
            for name, low, high, value in run.measured[["low", "high", "value"]].itertuples()
        } | {"n_clips": str(len(run.predictions.clips))}
    return pd.DataFrame(columns).fillna("").rename_axis("metric")


def _f1_per_class(runs: Sequence[Run]) -> pd.DataFrame:
    columns = {}
    for run in runs:
        per_class = measure(run.predictions).per_class
        columns[run.name] = per_class["f1"].dropna().map("{:.2f}".format)
    return pd.DataFrame(columns).fillna("").rename_axis("label")


def _differences(a: Predictions, b: Predictions) -> pd.DataFrame:
    pair = compare_pair(a, b)
    known = pair.differences.dropna()  # one class has neither precision nor F1
    table = pd.DataFrame(
        {
            "difference": known["difference"].map("{:+.3f}".format),
            "95 % interval": [f"{row.low:+.3f} to {row.high:+.3f}" for row in known.itertuples()],
            "p": known["p"].map("{:.3f}".format),
        },
        index=known.index,
    )
    table.loc["McNemar"] = [
        f"{pair.only_b_correct} against {pair.only_a_correct} clips",
        "correct in one run only",
        f"{pair.mcnemar_p:.3f}",
    ]
    return table


def _clip_keys(predictions: Predictions) -> list[tuple[str, float]]:
    clips = predictions.clips
    starts = clips["start_s"] if "start_s" in clips.columns else [0.0] * len(clips)
    return list(zip(clips["path"], starts, strict=True))
