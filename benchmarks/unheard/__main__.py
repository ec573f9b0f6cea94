"""Which recipe knows the instruments of sources that it was not trained on?

python -m benchmarks.unheard clips.csv --recipes best no_banks --seeds 0 1 --processes 2

Every source of the table is left out once; sources without a common class by one training. The
same command goes on where it was stopped. Nothing that is reported may choose a recipe: compare
recipes on some folds (--folds), report the one that was chosen on the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
from rich.console import Console

from benchmarks.unheard.curves import OF_CURVES, draw_curves
from benchmarks.unheard.folds import folds_of
from benchmarks.unheard.options import parser_of
from benchmarks.unheard.pictures import draw_pictures
from benchmarks.unheard.recipes import BEST, RECIPES
from benchmarks.unheard.scores import finished, table_of
from benchmarks.unheard.sources import recall_by_sources
from benchmarks.unheard.stress import stress_table
from benchmarks.unheard.trial import Data, Trial
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.files import write_atomically
from instrument_net.progress import work_progress
from instrument_net.runs.screen import print_table


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = parser_of("unheard", __doc__)
    parser.add_argument("--recipes", nargs="+", choices=list(RECIPES), default=[BEST],
                        metavar="NAME", help=", ".join(RECIPES))  # fmt: skip
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--folds", nargs="+", help="their names; default: all")
    parser.add_argument(
        "--processes", type=int, default=2, help="trainings at a time (%(default)s)"
    )
    parser.add_argument("--stress", action="store_true", help="test on worse recordings, too")
    parser.add_argument("--list", action="store_true", help="show the folds and train nothing")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing, print and write the tables."""
    options = parse(arguments)
    clips = pd.read_csv(options.table, dtype=str, keep_default_na=False)
    folds = folds_of(clips)
    console = Console()
    if options.list:
        for name, sources in folds.items():
            n_clips = clips["source"].isin(sources).sum()
            console.print(f"{name}: {n_clips} clips of {', '.join(sources)}", highlight=False)
        return 0
    chosen = options.folds or list(folds)
    if unknown := set(chosen) - set(folds):
        console.print(f"no fold {', '.join(sorted(unknown))}; there are {', '.join(folds)}")
        return 2
    data = Data(options.table, options.banks)

    def trials_of(recipes: Sequence[str], tested: Sequence[str]) -> list[Trial]:
        return [
            Trial(name, RECIPES[name], seed, fold, folds[fold], data, options.folder)
            for seed in options.seeds for name in recipes for fold in tested
        ]  # fmt: skip

    trials = trials_of(options.recipes, chosen)
    problems = _run(trials, options.processes, stress=options.stress)
    for problem in problems:
        console.print(f"[red]error:[/red] {problem}", highlight=False)
    questions = {name: recipe.question for name, recipe in RECIPES.items()}
    done = finished(trials)
    if not done:  # nothing to tabulate
        return 1
    tables = {"scores": table_of(done, questions, BEST)}
    if BEST in done:
        tables["sources"] = recall_by_sources(trials, BEST)
        draw_curves(trials_of(OF_CURVES, list(folds)), options.folder / "curves")
        draw_pictures(done[BEST], options.folder)
    if options.stress:
        tables["stress"] = stress_table(trials)
    for name, table in tables.items():
        shown = table.drop(columns="question", errors="ignore")  # too wide for a screen
        print_table(console, shown.set_index(shown.columns[0]), name)
        write_atomically(options.folder / f"{name}.md", (markdown_table(table) + "\n").encode())
    return 1 if problems else 0


def _run(trials: Sequence[Trial], processes: int, *, stress: bool) -> list[str]:
    """Run the trials that are not done, several at a time, and return what went wrong."""
    missing = [trial for trial in trials if not trial.is_done(stress=stress)]
    problems: list[str] = []
    with work_progress("trainings") as progress, ThreadPoolExecutor(processes) as pool:
        bar = progress.add_task("Leaving sources out", total=len(missing))
        for problem in pool.map(lambda trial: trial.run(stress=stress), missing):
            if problem is not None:
                problems.append(problem)
            progress.advance(bar)
    return problems


if __name__ == "__main__":
    sys.exit(main())
