"""The section of a report that says how sure a network may be of unseen sources."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pandas as pd

from instrument_net.drawing.saving import save_figure
from instrument_net.errors import InputError
from instrument_net.escaping import for_markdown
from instrument_net.evaluation.how_sure import SHOWN_COVERAGE, HowSure, how_sure
from instrument_net.evaluation.how_sure_plots import plot_risk_coverage, plot_sets
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.evaluation.plots import plot_reliability
from instrument_net.evaluation.predictions import Predictions
from instrument_net.files import write_atomically
from instrument_net.invocation import command_name

HEADING = "How sure on unseen sources"
FOLDER = "how_sure"
_POINTS = (0.25, 0.5, 0.75, 1.0)  # shares of the clips for which the risk is written out


def write_how_sure(
    predictions: Predictions, report_folder: Path, *, figures: str = "png"
) -> dict[str, str]:
    """Write tables and plots on certainty, and return the section of the report that shows them.

    Writes into ``how_sure/``: ``overall.json``, ``sets_by_source.csv``, ``by_named_class.csv``,
    ``risk_coverage.csv``, and plots of reliability, risk-coverage and sets.

    Args:
        predictions: Pooled leave-one-source-out predictions, with a ``source`` a clip.
        report_folder: Where the report is.
        figures: Format of the plots, see :func:`instrument_net.drawing.saving.save_figure`.

    Returns:
        Heading -> Markdown. Where clips or sources are too few, it says so.
    """
    try:
        content = how_sure(predictions)
    except InputError as error:
        return {HEADING: f"Not stated: {for_markdown(error)}."}
    _write(content, report_folder / FOLDER, len(predictions.clips), figures)
    return {HEADING: "\n\n".join(_parts(content))}


def _write(content: HowSure, folder: Path, n_clips: int, figures: str) -> None:
    overall = {
        "errors": content.errors.to_dict(),
        "sets": {f"{stated:g}": row.to_dict() for stated, row in content.sets.iterrows()},
        "unsure": content.unsure,
    }
    write_atomically(folder / "overall.json", (json.dumps(overall, indent=2) + "\n").encode())
    tables = {
        "sets_by_source": content.by_source, "by_named_class": content.named,
        "risk_coverage": content.risk,
    }  # fmt: skip
    for name, table in tables.items():
        write_atomically(folder / f"{name}.csv", table.round(6).to_csv().encode())
    title = "Unseen sources"
    plots = {
        "reliability": partial(plot_reliability, content.reliabilities, title=title),
        "risk_coverage": partial(plot_risk_coverage, content.risk, n_clips=n_clips, title=title),
    }
    if not content.by_source.empty:
        plots["sets"] = partial(plot_sets, content.by_source, stated=SHOWN_COVERAGE, title=title)
    for name, draw in plots.items():
        save_figure(draw, folder / name, figures=figures)


def _parts(content: HowSure) -> list[str]:
    parts = [
        "Each clip was predicted by a network that was not trained on its source. What is said "
        "here about a source was fitted on the other sources only: one temperature, and the least "
        "probability of a class in a set.",
        markdown_table(content.errors.round(4).rename_axis("measure").reset_index()),
        "Calibration error: over ten bins of confidence. Class-averaged: the same for the "
        "probability of each class in all clips, averaged over the classes (class-wise ECE); with "
        "many classes it is small by itself. Area under risk-coverage: the mean share of mistakes "
        "over all shares of clips that are taken, the surest first.",
        f"![Accuracy over confidence]({FOLDER}/reliability.png)",
        markdown_table(_risks(content.risk)),
        f"![Mistakes among the surest clips]({FOLDER}/risk_coverage.png)",
    ]
    if not content.sets.empty:
        parts += [
            "**Sets of classes.** A set of 90 % is meant to hold the true class of 90 of 100 "
            "clips. Clips of one source are alike, so a single source may lie far off.",
            markdown_table(_sets(content.sets)),
        ]
    if not content.by_source.empty:
        parts.append(f"![Coverage and size of the sets by source]({FOLDER}/sets.png)")
    parts += [
        "**When it names a class**, after scaling: how sure it is, and how often it is right.",
        markdown_table(content.named.round(3).reset_index()),
        f"{100 * content.unsure:.1f} % of these clips, all of known classes, would be called "
        "unsure. How many clips of unknown classes would be, these predictions cannot tell.",
        f"`{command_name('calibrate')} BEST.ckpt FOLDER`, with the folder of this "
        "cross-validation, lets a checkpoint of the same network that was trained on all sources "
        "scale its probabilities, name sets and say that it is unsure.",
    ]
    return parts


def _risks(curve: pd.DataFrame) -> pd.DataFrame:
    rows = [curve[curve["coverage"] >= share].iloc[0] for share in _POINTS]
    return pd.DataFrame(
        {
            "clips taken, the surest first": [f"{100 * row['coverage']:.0f} %" for row in rows],
            "mistakes among them": [f"{100 * row['risk']:.1f} %" for row in rows],
            "confidence from": [f"{row['confidence']:.2f}" for row in rows],
        }
    )


def _sets(sets: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stated": [f"{100 * stated:g} %" for stated in sets.index],
            "measured, of all clips": [f"{100 * c:.1f} %" for c in sets["coverage"]],
            "mean of the sources": [f"{100 * c:.1f} %" for c in sets["source_mean"]],
            "classes in a set": [f"{size:.2f}" for size in sets["mean_size"]],
            "sets of one class": [f"{100 * share:.0f} %" for share in sets["one_class"]],
        }
    )
