"""What of a copy of a corpus is missing, changed or too many."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from instrument_net.escaping import for_screen

DIFFERENT = 1  # exit status


def add(subcommands: Any) -> None:
    """Add the parser of this subcommand to those of the command."""
    parser = subcommands.add_parser(
        "check",
        help="what of a copy is missing, changed or too many",
        epilog="Exit status: 0, nothing was found; 1, something was; 2, no such corpus or folder.",
    )
    parser.add_argument("name", metavar="NAME", help="of the corpus")
    parser.add_argument("path", metavar="PATH", type=Path, help="folder that holds it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, screen: Console) -> int:
    """Print a line for each thing that is wrong, or what was compared.

    Raises:
        InputError: If there is no such corpus or folder.
    """
    from instrument_net.corpora.completeness import compare  # late: it imports torch
    from instrument_net.data.corpora.published.registry import corpus_entry

    entry = corpus_entry(options.name)
    comparison = compare(entry, options.path, screen)
    output = Console(soft_wrap=True, highlight=False)
    for line in comparison.problems:
        output.print(f"[yellow]{for_screen(line)}[/yellow]")
    output.print(for_screen(comparison.summary))
    return DIFFERENT if comparison.problems else 0
