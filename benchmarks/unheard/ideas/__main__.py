"""Which idea that `train` has no setting for knows the instruments of unheard sources better?

python -m benchmarks.unheard clips.csv --seeds 0 1 2 --folds 1      # first: the networks
python -m benchmarks.unheard.ideas clips.csv --idea as_it_is nearest unchanged contrastive

Takes the networks that the first command trained. An idea tests them in another way, or trains each
of them further, against as much further training without it; with --from-scratch, ideas that train
begin anew instead. All train on what `best` trains on. The same command goes on where it was
stopped. One fold chooses (--fold); the others are for reports.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

import pandas as pd
import torch
from rich.console import Console

from benchmarks.unheard.folds import folds_of
from benchmarks.unheard.ideas.attempt import Attempt
from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.ideas.listing import IDEAS
from benchmarks.unheard.ideas.starts import Weights, starts_of
from benchmarks.unheard.ideas.table import table_of_ideas
from benchmarks.unheard.options import parser_of
from benchmarks.unheard.recipes import BEST, RECIPES
from benchmarks.unheard.trial import Data, Trial
from instrument_net.errors import InputError
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.files import write_atomically
from instrument_net.runs.screen import print_table

_AS_IT_IS, _UNCHANGED = "as_it_is", "unchanged"  # what the others are compared with


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = parser_of("unheard.ideas", __doc__)
    parser.add_argument("--idea", nargs="+", choices=list(IDEAS), default=[_AS_IT_IS],
                        metavar="NAME", help=", ".join(IDEAS))  # fmt: skip
    parser.add_argument("--recipes", nargs="+", choices=[BEST, "three"], default=[BEST],
                        help="whose networks (%(default)s)")  # fmt: skip
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="of the trainings")
    parser.add_argument("--fold", default="1", help="of python -m benchmarks.unheard TABLE --list")
    parser.add_argument("--networks", nargs="+", help="which to run on, as best_0_0; default: all")
    parser.add_argument("--from-scratch", action="store_true", help="train new networks")
    parser.add_argument("--epochs", type=int, help="of training; default: 1 more, or 10 anew")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing; print and write the tables of all that is done."""
    options, console = parse(arguments), Console()
    torch.set_num_threads(1)
    try:
        clips, attempts = _prepared(options)
        for name in options.idea:
            for one in attempts[name]:
                if options.networks is None or one.network in options.networks:
                    one.run(clips)
    except InputError as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        return 2
    done = {name: [one for one in some if one.is_done(clips)] for name, some in attempts.items()}
    for reference in (_AS_IT_IS, _UNCHANGED):
        trains = reference == _UNCHANGED
        shown = {n: some for n, some in done.items() if some and IDEAS[n].trains == trains}
        if shown:
            table = table_of_ideas(shown, reference)
            print_table(console, table.drop(columns="question").set_index("idea"), reference)
            page = options.folder / "ideas" / f"against_{reference}_{_mode(options)}.md"
            write_atomically(page, (markdown_table(table) + "\n").encode())
    return 0


def _prepared(options: argparse.Namespace) -> tuple[Clips, Mapping[str, list[Attempt]]]:
    """Return the clips, and idea -> its attempts, a network or a seed each.

    Raises:
        InputError: If the fold is unknown, or there is no network.
    """
    folds = folds_of(pd.read_csv(options.table, dtype=str, keep_default_na=False))
    if options.fold not in folds:
        raise InputError(f"no fold {options.fold}; there are {', '.join(folds)}")
    data, root = Data(options.table, options.banks), options.folder / "ideas"

    def trial(recipe: str, seed: int) -> Trial:
        sources = folds[options.fold]
        return Trial(recipe, RECIPES[recipe], seed, options.fold, sources, data, options.folder)

    trials = [trial(name, seed) for seed in options.seeds for name in options.recipes]
    networks = starts_of(trials)
    if unknown := sorted(set(options.networks or ()) - set(networks)):
        raise InputError(f"no network {unknown[0]}; there are {', '.join(networks) or 'none'}")
    starts: list[tuple[str, int, Weights | None]]
    if options.from_scratch:
        starts = [(f"seed_{seed}", seed, None) for seed in options.seeds]
    else:
        starts = [(key, number, networks[key]) for number, key in enumerate(networks)]
    if not starts:
        raise InputError(
            "no network is trained: run python -m benchmarks.unheard first, see --help"
        )
    clips = Clips.of(trial(BEST, 0), root / "clips")
    clips.config.trainer.max_epochs = _epochs(options)
    teachers = list(networks.values())
    digest = trial(BEST, 0).folder.path.name.rpartition("_")[2]
    ending = f"{_mode(options)}_{digest}"
    attempts = {
        name: [
            Attempt(name, idea, root / name / f"{key}_{ending}", number, start, teachers)
            for key, number, start in starts
        ]
        for name, idea in IDEAS.items()
    }
    return clips, attempts


def _epochs(options: argparse.Namespace) -> int:
    return int(options.epochs or (10 if options.from_scratch else 1))


def _mode(options: argparse.Namespace) -> str:
    return f"fold_{options.fold}_epochs_{'anew' * options.from_scratch}{_epochs(options)}"


if __name__ == "__main__":
    sys.exit(main())
