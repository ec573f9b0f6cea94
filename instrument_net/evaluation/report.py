"""Predictions -> a folder with metrics, tables, plots and a page that explains itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from instrument_net.drawing.saving import save_figure
from instrument_net.evaluation.html_page import html_page
from instrument_net.evaluation.plots import plot_confusion, plot_per_class, plot_reliability
from instrument_net.evaluation.predictions import Predictions
from instrument_net.evaluation.report_content import Report, report_content
from instrument_net.evaluation.report_page import SHOWN_MISTAKES, report_page, sound_name
from instrument_net.evaluation.sounds import sound_of
from instrument_net.files import write_atomically
from instrument_net.frontend import FrontEnd
from instrument_net.run_folder import HTML_PAGE, PREDICTIONS, REPORT_PAGE


def write_report(
    folder: str | Path,
    predictions: Predictions,
    *,
    title: str,
    facts: Mapping[str, str],
    validation: Predictions | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    sections: Mapping[str, str] | None = None,
    other_corpus: bool = False,
    figures: str = "png",
    front_end: FrontEnd | None = None,
) -> Report:
    """Write metrics, tables, plots and a page of Markdown about a set of predictions.

    Writes ``metrics.json``, ``predictions.csv``, ``per_class.csv``, confusion matrices as ``.csv``
    and ``.png`` (counts, normalised by row, weighted by confidence), ``per_class.png``,
    ``reliability.png``, ``by_<column>.csv`` for each metadata column whose values can be compared,
    and last ``report.html`` and ``report.md``, the same page.

    Args:
        folder: Made if need be; files of an earlier report are replaced.
        predictions: What to report.
        title: Heading of the page.
        facts: Name -> text, listed under the heading: how the scores came about and what they do
            not show.
        validation: Predictions of other clips, on which the temperature is fitted.
        tables: Heading -> table of text, shown below the metrics.
        sections: Heading -> Markdown, put at the end of the page; its figures lie below
            ``folder``.
        other_corpus: Whether the clips are of a corpus that the network was not trained for: where
            it has some of the network's classes only, the report also has the scores among these.
        figures: Format of the plots, see :func:`instrument_net.drawing.saving.save_figure`.
        front_end: Of the network: with it, the page in HTML plays the mistakes that it lists.

    Returns:
        What the report states.
    """
    folder = Path(folder)
    report = report_content(predictions, validation, other_corpus=other_corpus)
    for name, table in _tables(report).items():
        write_atomically(folder / f"{name}.csv", table.to_csv().encode())
    write_atomically(folder / PREDICTIONS, predictions.table().to_csv().encode())
    for name, draw in _plots(report, title).items():
        save_figure(draw, folder / name, figures=figures)
    content = _scores(report.known_metrics, report.intervals)
    if report.common is not None:
        among = _scores(report.common.overall, report.common.intervals)
        content["common_classes"] = {"names": list(report.common.names), **among}
    write_atomically(folder / "metrics.json", (json.dumps(content, indent=2) + "\n").encode())
    sounds = {} if front_end is None else _sounds(report.mistakes, front_end)
    page = report_page(
        report,
        title=title,
        facts=facts,
        tables=tables or {},
        sections=sections or {},
        sounds=sounds,
    )
    write_atomically(folder / HTML_PAGE, html_page(page, folder, sounds).encode())
    write_atomically(folder / REPORT_PAGE, page.encode())
    return report


def _sounds(mistakes: pd.DataFrame, front_end: FrontEnd) -> dict[str, bytes]:
    shown = mistakes.head(SHOWN_MISTAKES)
    loaded = {
        sound_name(k): sound_of(row, front_end) for k, (_, row) in enumerate(shown.iterrows())
    }
    return {name: sound for name, sound in loaded.items() if sound is not None}


def _scores(overall: Mapping[str, float], intervals: pd.DataFrame) -> dict[str, object]:
    return {**overall, "intervals_95": intervals.dropna().T.to_dict()}


def _tables(report: Report) -> dict[str, pd.DataFrame]:
    metrics = report.metrics
    shares = metrics.confusion.div(metrics.confusion.sum(axis=1).clip(lower=1), axis=0)
    return {
        "per_class": metrics.per_class.round(6),
        "confusion_counts": metrics.confusion,
        "confusion_normalised": shares.round(6),
        "confusion_weighted": metrics.weighted_confusion.round(6),
        **{f"by_{column}": rows.round(6) for column, rows in report.breakdowns.items()},
    }


def _plots(report: Report, title: str) -> dict[str, Callable[[], Figure]]:
    metrics = report.metrics
    tested = metrics.per_class[metrics.per_class["n_clips"] > 0]
    return {
        "confusion_counts": lambda: plot_confusion(metrics.confusion, normalise=False, title=title),
        "confusion_normalised": lambda: plot_confusion(
            metrics.confusion, normalise=True, title=title
        ),
        "confusion_weighted": lambda: plot_confusion(
            metrics.weighted_confusion, normalise=False, title=title, unit="sum of confidences"
        ),
        "per_class": lambda: plot_per_class(tested, title=title),
        "reliability": lambda: plot_reliability(report.reliabilities, title=title),
    }
