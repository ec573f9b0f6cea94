"""The trials of a search -> a page with plots, also while the search goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from instrument_net.drawing.png import png
from instrument_net.files import write_atomically
from instrument_net.search.commands import Commands
from instrument_net.search.outcome import Outcome
from instrument_net.search.plots import (
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
    """
    plots = {"history": plot_history(outcomes), "running": plot_running(outcomes, folds)}
    slices = plot_slices(outcomes, space)
    if slices is not None:
        plots["slices"] = slices
    if importances:
        plots["importances"] = plot_importances(importances)
    for name, figure in plots.items():
        write_atomically(folder / f"{name}.png", png(figure))
    page = report_page(outcomes, title=title, facts=facts, plots=list(plots), commands=commands)
    write_atomically(folder / "report.md", page.encode())
