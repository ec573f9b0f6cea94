"""The list of all published corpora."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from instrument_net.corpora.words import known, size_in_words
from instrument_net.escaping import for_screen


def run(options: argparse.Namespace, screen: Console) -> int:
    """Print a table with a row for each corpus."""
    del options, screen  # a list is the command's result, not a message
    from instrument_net.data.corpora.published.registry import CORPORA  # late: it imports torch

    table = Table("corpus", box=None, pad_edge=False)
    for column in ("classes", "clips", "download"):
        table.add_column(column, justify="right")
    table.add_column("licence")
    table.add_column("split")
    for name, entry in sorted(CORPORA.items()):
        facts = entry.facts
        download = size_in_words(facts.size) if facts.files and not facts.ask else "its page"
        cells = (
            name, known(facts.n_classes), known(facts.n_clips), download, facts.licence,
            facts.official_split,
        )  # fmt: skip
        table.add_row(*map(for_screen, cells))
    Console(highlight=False).print(table)
    return 0
