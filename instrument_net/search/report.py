"""The trials of a search -> a page with plots, also while the search goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from instrument_net.drawing.saving import save_figure
from instrument_net.files import write_atomically
from instrument_net.search.commands import Commands
from instrument_net.search.outcome import Outcome
from instrument_net.search.plots import (
    drawn_parameters,
    plot_history,
    plot_importances,
    plot_running,
    plot_slices,
)
from instrument_net.search.report_page import report_page
from instrument_net.search.space import Parameter


def write_report(
    folder: Path,
    outcomes: Sequence[Outcome],
    *,
    title: str,
    facts: Mapping[str, str],
    space: Sequence[Parameter],
    folds: Sequence[str],
    importances: Mapping[str, float],
    commands: Commands,
    figures: str,
) -> None:
    """Write ``report.md`` and its plots, the page last.

    Args:
        folder: Of the search.
        outcomes: Trials that are over, in their order, at least one complete.
        title: Heading of the page.
        facts: Name -> text: what was searched, and what the scores do not show.
        space: The parameters that were drawn.
        folds: Names, in the order in which they are run.
        importances: Parameter -> importance; empty if there are too few trials.
        commands: Of the best trial.
        figures: Format of the plots.
    """
    plots = {
        "history": partial(plot_history, outcomes),
        "running": partial(plot_running, outcomes, folds),
    }
    if drawn_parameters(outcomes, space):
        plots["slices"] = partial(plot_slices, outcomes, space)
    if importances:
        plots["importances"] = partial(plot_importances, importances)
    for name, draw in plots.items():
        save_figure(draw, folder / name, figures=figures)
    page = report_page(outcomes, title=title, facts=facts, plots=list(plots), commands=commands)
    write_atomically(folder / "report.md", page.encode())
