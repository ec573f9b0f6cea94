"""Figures and plots -> a folder that somebody else can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instrument_net.drawing.png import png
from instrument_net.evaluation.breakdown import break_down, columns_to_compare
from instrument_net.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    with_temperature,
)
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.evaluation.metrics import Metrics, measure
from instrument_net.evaluation.plots import plot_confusion, plot_per_class, plot_reliability
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.resampling import bootstrap_intervals
from instrument_net.files import write_atomically

_SHOWN_MISTAKES = 12


@dataclass(frozen=True)
class Report:
    """What a report says.

    Attributes:
        metrics: Figures per class, and overall with ``expected_calibration_error``; where there
            was a validation split to fit it on, with ``temperature`` and what it makes of log-loss
            and calibration error (``..._scaled``).
        intervals: 95 % bootstrap intervals by recording: ``low`` and ``high`` of each figure.
        breakdowns: Column of the clips' table -> figures of each of its values.
        mistakes: The wrong clips, the surest first: rows of :meth:`Predictions.table`.
    """

    metrics: Metrics
    intervals: pd.DataFrame
    breakdowns: Mapping[str, pd.DataFrame]
    mistakes: pd.DataFrame


def write_report(
    folder: str | Path,
    predictions: Predictions,
    *,
    title: str,
    facts: Mapping[str, str],
    validation: Predictions | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    sections: Mapping[str, str] | None = None,
) -> Report:
    """Write figures, tables, plots and a page of Markdown about a set of predictions.

    Writes ``report.md``, ``metrics.json``, ``per_class.csv``, ``predictions.csv``, confusion
    matrices as ``.csv`` and ``.png`` (counts, normalised by row, weighted by confidence),
    ``per_class.png``, ``reliability.png``, and ``by_<column>.csv`` for what the clips' table tells.

    Args:
        folder: Made if need be; files of an earlier report are replaced.
        predictions: What to report.
        title: Heading of the page.
        facts: Name -> text, listed under the heading: how these figures came about and what they
            do not show.
        validation: Predictions of other clips, on which the temperature is fitted.
        tables: Heading -> table of text, shown below the figures.
        sections: Heading -> Markdown, put at the end of the page; its pictures lie below
            ``folder``.

    Returns:
        What stands in the report.
    """
    folder = Path(folder)
    metrics = measure(predictions)
    reliabilities = {"as trained": reliability(predictions)}
    metrics.overall["expected_calibration_error"] = expected_calibration_error(predictions)
    if validation is not None:
        temperature = fit_temperature(validation)
        scaled = with_temperature(predictions, temperature)
        reliabilities[f"temperature {temperature:.2f}"] = reliability(scaled)
        metrics.overall["temperature"] = temperature
        metrics.overall["log_loss_scaled"] = measure(scaled).overall["log_loss"]
        calibrated = expected_calibration_error(scaled)
        metrics.overall["expected_calibration_error_scaled"] = calibrated
    table = predictions.table()
    report = Report(
        metrics=metrics,
        intervals=bootstrap_intervals(predictions),
        breakdowns={c: break_down(predictions, c) for c in columns_to_compare(predictions.clips)},
        mistakes=table[~table["correct"]].sort_values("confidence", ascending=False),
    )

    shares = metrics.confusion.div(metrics.confusion.sum(axis=1).clip(lower=1), axis=0)
    csvs = {
        "per_class": metrics.per_class.round(6),
        "predictions": table,
        "confusion_counts": metrics.confusion,
        "confusion_normalised": shares.round(6),
        "confusion_weighted": metrics.weighted_confusion.round(6),
        **{f"by_{column}": rows.round(6) for column, rows in report.breakdowns.items()},
    }
    for name, rows in csvs.items():
        write_atomically(folder / f"{name}.csv", rows.to_csv().encode())
    counts, weights = metrics.confusion, metrics.weighted_confusion
    figures = {
        "confusion_counts": plot_confusion(counts, normalise=False, title=title),
        "confusion_normalised": plot_confusion(counts, normalise=True, title=title),
        "confusion_weighted": plot_confusion(
            weights, normalise=False, title=title, unit="sum of confidences"
        ),
        "per_class": plot_per_class(
            metrics.per_class[metrics.per_class["n_clips"] > 0], title=title
        ),
        "reliability": plot_reliability(reliabilities, title=title),
    }
    for name, figure in figures.items():
        write_atomically(folder / f"{name}.png", png(figure))
    content = metrics.overall | {"intervals_95": report.intervals.T.to_dict()}
    write_atomically(folder / "metrics.json", (json.dumps(content, indent=2) + "\n").encode())
    page = _page(title, facts, report, len(table), tables or {}, sections or {})
    write_atomically(folder / "report.md", page.encode())
    return report


def _page(
    title: str,
    facts: Mapping[str, str],
    report: Report,
    n_clips: int,
    tables: Mapping[str, pd.DataFrame],
    sections: Mapping[str, str],
) -> str:
    overall = pd.Series(report.metrics.overall).drop("n_clips")
    low, high = (report.intervals[side].reindex(overall.index) for side in ("low", "high"))
    figures = pd.DataFrame(
        {
            "metric": overall.index,
            "value": [f"{v:.4f}" for v in overall],
            "95 % interval": [
                "" if pd.isna(a) else f"{a:.3f} to {b:.3f}" for a, b in zip(low, high, strict=True)
            ],
        }
    )
    per_class = report.metrics.per_class
    heard, absent = per_class[per_class["n_clips"] > 0], per_class.index[per_class["n_clips"] == 0]
    wrong = report.mistakes
    mistakes = pd.DataFrame(
        {
            "clip": [Path(path).name for path in wrong["path"]],
            "true": wrong["label"],
            "predicted": wrong["predicted"],
            "confidence": wrong["confidence"].map("{:.2f}".format),
        }
    )
    breakdowns = []
    for column, rows in report.breakdowns.items():
        breakdowns += [f"\n### By {column}\n", markdown_table(rows.round(3).reset_index())]
    parts = [
        f"# {title}",
        *(f"- **{name}:** {text}" for name, text in facts.items()),
        f"\n## Figures on {n_clips} clips\n",
        markdown_table(figures),
        "\nIntervals: bootstrap over whole recordings.",
        *(f"\n## {heading}\n\n{markdown_table(rows)}" for heading, rows in tables.items()),
        "\n## Per class\n",
        markdown_table(heard.round(3).reset_index()),
        *([f"\nWithout a clip, in no average: {', '.join(absent)}."] if len(absent) else []),
        "\n![Precision, recall and F1 of each class](per_class.png)",
        "\n## Which class is taken for which\n",
        "![Confusion matrix, counts](confusion_counts.png)\n",
        "![Confusion matrix, percent of each true class](confusion_normalised.png)\n",
        "![Confusion matrix, each clip weighted by its confidence](confusion_weighted.png)",
        "\n## Is it as sure as it is right?\n",
        "![Accuracy over confidence](reliability.png)",
        *(["\n## What the clips' table tells"] if breakdowns else []),
        *breakdowns,
        f"\n## Surest mistakes ({len(wrong)} of {n_clips} clips are wrong)\n",
        markdown_table(mistakes.head(_SHOWN_MISTAKES)) if len(wrong) else "None.",
        *(f"\n## {heading}\n\n{text}" for heading, text in sections.items()),
    ]
    return "\n".join(parts) + "\n"
