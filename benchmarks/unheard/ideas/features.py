"""Which of the 20 features travel between sources?

python -m benchmarks.unheard.ideas.features clips.csv

Says of each feature how much of its variance lies between classes, between the sources of a class,
and within a source. Uses the recordings that train on the fold that chooses, and no others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import pandas as pd
from rich.console import Console

from benchmarks.unheard.folds import folds_of
from benchmarks.unheard.ideas.clips import Clips
from benchmarks.unheard.options import parser_of
from benchmarks.unheard.recipes import BEST, RECIPES
from benchmarks.unheard.trial import Data, Trial
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.files import write_atomically
from instrument_net.frontend import FEATURE_NAMES
from instrument_net.runs.screen import print_table

_FOLD = "1"
_FEWEST = 2  # sources of a class: with one alone, class and source are the same


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options."""
    return parser_of("unheard.ideas.features", __doc__).parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print and write the table."""
    options, console = parse(arguments), Console()
    folds = folds_of(pd.read_csv(options.table, dtype=str, keep_default_na=False))
    data, root = Data(options.table, options.banks), options.folder
    trial = Trial(BEST, RECIPES[BEST], 0, _FOLD, folds[_FOLD], data, root)
    train = Clips.of(trial, root / "ideas" / "clips").train
    recorded = (train.table["extra"] == "").to_numpy()
    values = pd.DataFrame(train.features.numpy(), columns=list(FEATURE_NAMES))[recorded]
    places = train.table.loc[recorded, ["label", "source"]]
    shares = variance_shares(values.reset_index(drop=True), places.reset_index(drop=True))
    table = shares.sort_values("of classes", ascending=False).map("{:.2f}".format)
    table = table.rename_axis("feature")
    print_table(console, table, "shares of the variance")
    page = root / "ideas" / "features.md"
    write_atomically(page, (markdown_table(table.reset_index()) + "\n").encode())
    return 0


def variance_shares(values: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return which shares of a feature's variance lie between classes, sources and clips.

    Features are replaced by their ranks, so that a few far values do not decide. Classes have the
    same say, the sources of a class too, and the clips of a source in it; classes with one source
    alone are left out.

    Args:
        values: One column a feature, one row a clip.
        places: ``label`` and ``source`` of each clip.

    Returns:
        A row a feature: ``of classes``, ``of sources`` (between the sources of a class) and ``of
        clips`` (within a source of a class), which sum to 1; ``ratio`` is that of the first two.
    """
    n_sources = places.groupby("label")["source"].transform("nunique")
    kept = (n_sources >= _FEWEST).to_numpy()
    ranks, where = values[kept].rank(), places[kept]
    pairs = [where["label"], where["source"]]
    of_pairs = ranks.groupby(pairs).mean()
    within = ranks.groupby(pairs).var(ddof=0).groupby("label").mean().mean()
    of_classes = of_pairs.groupby("label").mean()
    between_sources = of_pairs.groupby("label").var(ddof=0).mean()
    between_classes = of_classes.var(ddof=0)
    total = between_classes + between_sources + within
    shares = pd.DataFrame(
        {
            "of classes": between_classes / total,
            "of sources": between_sources / total,
            "of clips": within / total,
        }
    )
    return shares.assign(ratio=shares["of classes"] / shares["of sources"])


if __name__ == "__main__":
    sys.exit(main())
