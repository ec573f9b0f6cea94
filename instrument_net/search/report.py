"""A search's folder -> a page that somebody else can read, also while it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from instrument_net.drawing.png import png
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.files import write_atomically
from instrument_net.search.commands import Commands
from instrument_net.search.importance import FEWEST_TRIALS
from instrument_net.search.outcome import Outcome, ranked
from instrument_net.search.pictures import (
    plot_history,
    plot_importances,
    plot_running,
    plot_slices,
)
from instrument_net.search.space import Parameter


def write_page(
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
    """Write ``report.md`` and its pictures, the page last.

    Args:
        folder: Of the search.
        outcomes: Trials that are over, in their order, at least one complete.
        title: Heading of the page.
        facts: Name -> text: what was searched, and what these figures do not show.
        space: What was drawn.
        folds: Names, in the order in which they are run.
        importances: Parameter -> share; empty if there is too little to tell.
        commands: Of the best trial.
    """
    best = ranked(outcomes)[0]
    figures = {"history": plot_history(outcomes), "running": plot_running(outcomes, folds)}
    slices = plot_slices(outcomes, space)
    if slices is not None:
        figures["slices"] = slices
    if importances:
        figures["importances"] = plot_importances(importances)
    for name, figure in figures.items():
        write_atomically(folder / f"{name}.png", png(figure))
    what = (
        "the experiment as it is"
        if best.is_reference
        else ", ".join(f"`{change}`" for change in best.changes)
    )
    sealed = [
        "\nTo test it once on the sealed sources, trained on all others:\n",
        f"```sh\n{commands.test_sealed}\n```",
    ]
    shown = {
        "history": "Objective of every complete trial, and the best so far",
        "running": "Objective of the first folds together",
        "slices": "Objective over each parameter",
        "importances": "Share of each parameter",
    }
    told = (
        "\nShares: PED-ANOVA; with few trials, a hint at most."
        if importances
        else f"\nWhich parameter mattered is left out: it takes {FEWEST_TRIALS} complete trials "
        "of different value."
    )
    parts = [
        f"# {title}",
        *(f"- **{name}:** {text}" for name, text in facts.items()),
        f"\n## Best: trial {best.number}, {best.value:.4f}\n",
        f"{what}\n",
        f"```sh\n{commands.cross_validate}\n```",
        *(sealed if commands.test_sealed else []),
        "\n## Trials, the best first\n",
        markdown_table(trial_table(outcomes)),
        "\nIntervals: bootstrap over whole recordings, 95 %. A trial that was given up shows the "
        "objective of the folds that it ran: compare it with no other row.",
        "\n## Pictures\n",
        *(f"![{text}]({name}.png)" for name, text in shown.items() if name in figures),
        told,
    ]
    write_atomically(folder / "report.md", ("\n".join(parts) + "\n").encode())


def trial_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return a table of text, the best trial first."""
    return pd.DataFrame(
        {
            "trial": outcome.number,
            "macro recall": "" if outcome.value is None else f"{outcome.value:.4f}",
            "interval": "{:.3f} to {:.3f}".format(*outcome.interval) if outcome.interval else "",
            "folds": len(outcome.running),
            "state": outcome.state + (f": {outcome.reason}" if outcome.reason else ""),
            "changes": "none" if outcome.is_reference else " ".join(outcome.changes),
        }
        for outcome in ranked(outcomes)
    )
