"""The trials of a search as a page of Markdown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from instrument_net.escaping import for_markdown, prose_for_markdown
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.search.commands import Commands
from instrument_net.search.importance import FEWEST_TRIALS
from instrument_net.search.outcome import Outcome, ranked

_PLOTS = {
    "history": "Objective of every complete trial, and the best so far",
    "running": "Objective after each fold",
    "slices": "Objective over each parameter",
    "importances": "Importance of each parameter",
}


def report_page(
    outcomes: Sequence[Outcome],
    *,
    title: str,
    facts: Mapping[str, str],
    plots: Collection[str],
    commands: Commands,
) -> str:
    """Return the page; its plots are PNGs in the same folder.

    Args:
        outcomes: Trials that are over, in their order, at least one complete.
        title: Heading of the page.
        facts: Name -> text, listed under the heading.
        plots: Names of the plots that there are.
        commands: Of the best trial.
    """
    parts = [
        f"# {for_markdown(title)}",
        *(f"- **{name}:** {prose_for_markdown(text)}" for name, text in facts.items()),
        *_best(ranked(outcomes)[0], commands),
        "\n## Trials, the best first\n",
        markdown_table(trial_table(outcomes)),
        "\nIntervals: bootstrap over whole recordings, 95 %. The objective of a pruned trial is "
        "that of the folds that it ran: it cannot be compared with other rows.",
        "\n## Plots\n",
        *(f"![{text}]({name}.png)" for name, text in _PLOTS.items() if name in plots),
        "\nImportance: PED-ANOVA; with few trials, only a rough estimate."
        if "importances" in plots
        else f"\nThe importance of each parameter is left out: it needs {FEWEST_TRIALS} complete "
        "trials with different objectives.",
    ]
    return "\n".join(parts) + "\n"


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


def _best(best: Outcome, commands: Commands) -> list[str]:
    changes = ", ".join(f"`{change}`" for change in best.changes)
    parts = [
        f"\n## Best: trial {best.number}, {best.value:.4f}\n",
        f"{'the experiment as it is' if best.is_reference else changes}\n",
        f"```sh\n{commands.cross_validate}\n```",
    ]
    if commands.test_sealed:
        parts += [
            "\nTo test it once on the sealed sources, trained on all others:\n",
            f"```sh\n{commands.test_sealed}\n```",
        ]
    return parts
