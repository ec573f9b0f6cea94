"""Which clips two corpora share, however they are called, cut or coded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from instrument_net.errors import InputError
from instrument_net.escaping import for_screen
from instrument_net.files import write_atomically

if TYPE_CHECKING:
    from instrument_net.corpora.shared_recordings import Overlap

_SHOWN = 20
_STORE = "outputs/store"  # as conf/loading.yaml


def add(subcommands: Any) -> None:
    """Add the parser of this subcommand to those of the command."""
    parser = subcommands.add_parser(
        "overlap",
        help="which recordings two corpora share",
        description="Which clips two corpora share: equal sample for sample, or the same recording "
        "at another level, rate or codec, cut, mixed to mono or a little equalised. Of each clip, "
        "the first 6 s that sound are decoded.",
        epilog="A corpus is a folder of audio, a CSV table, or NAME=PLACE with a name of the list, "
        "sfz or soundfont. The same one twice: its clips are compared with each other. Exit "
        "status: 0; 2, a corpus that cannot be read.",
    )
    parser.add_argument("first", metavar="A", help="a corpus")
    parser.add_argument("second", metavar="B", help="another one")
    parser.add_argument("--out", metavar="FILE", type=Path, help="write all pairs as a CSV table")
    parser.add_argument(
        "--store", metavar="FOLDER", default=_STORE, help=f"decoded clips (default: {_STORE})"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, screen: Console) -> int:
    """Print the pairs and how many clips of each class are concerned.

    Raises:
        InputError: If a corpus cannot be read.
    """
    from instrument_net.corpora.shared_recordings import overlap_of  # late: it imports torch

    overlap = overlap_of(options.first, options.second, options.store)
    for reason in overlap.unreadable[:_SHOWN]:
        screen.print(f"[yellow]not compared:[/yellow] {for_screen(reason)}")
    if len(overlap.unreadable) > _SHOWN:
        screen.print(f"[yellow]not compared:[/yellow] {len(overlap.unreadable) - _SHOWN} more")
    output = Console(soft_wrap=True, highlight=False)
    if len(overlap.pairs):
        output.print(pairs_table(overlap))
    for line in lines_of(overlap):
        output.print(for_screen(line))
    if options.out is not None:
        _write(overlap, options.out)
    return 0


def _write(overlap: Overlap, path: Path) -> None:
    try:
        write_atomically(path, overlap.pairs.to_csv(index=False).encode())
    except OSError as error:
        raise InputError(
            f"--out {path}: cannot be written: {error.strerror or error}; name another file"
        ) from error


def pairs_table(overlap: Overlap) -> Table:
    """Return the first pairs as a table for the screen."""
    table = Table("A", "B", "label of A", "label of B", "kind", "score")
    shown = overlap.pairs.head(_SHOWN)
    columns = ("path_a", "path_b", "label_a", "label_b", "kind")
    for row in shown.to_dict("records"):
        table.add_row(*(for_screen(row[column]) for column in columns), f"{row['score']:.2f}")
    if len(overlap.pairs) > _SHOWN:
        table.caption = f"{len(overlap.pairs) - _SHOWN} more pairs: --out FILE writes all"
    return table


def lines_of(overlap: Overlap) -> list[str]:
    """Return what was found in words: how many pairs, and of each class how many clips."""
    clips, pairs = overlap.clips, overlap.pairs
    of_first = clips[clips["part"] == 0]
    others = "" if overlap.within else f" and {int((clips['part'] == 1).sum())}"
    counts = pairs["kind"].value_counts()
    lines = [
        f"clips compared: {len(of_first)}{others}",
        f"pairs that are equal sample for sample: {counts.get('equal', 0)}",
        f"pairs that are the same recording otherwise: {counts.get('near', 0)}",
    ]
    copied = pairs.drop_duplicates("path_a")["label_a"].value_counts().sort_index()
    for label, n_copied in copied.items():
        n = int((of_first["label"] == label).sum())
        lines.append(f"clips of A that B has, {label or 'without label'}: {n_copied} of {n}")
    return lines
