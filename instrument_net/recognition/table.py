"""Predictions of files -> a table for the screen, as wide as it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from instrument_net.escaping import one_line
from instrument_net.files import printable
from instrument_net.recognition.file_prediction import SILENT, FilePrediction

_WIDTH = 200  # where no terminal shows it: a table cut to 80 columns loses names
_FRAME = 3  # columns of characters that a column of the table takes beside its cells
_LEAST_OF_TEXT = 24  # columns of characters for a path or a note, which may be folded


def as_table(results: Sequence[FilePrediction], top: int, screen: TextIO | None = None) -> str:
    """Return a row a file with its ``top`` most probable classes; nothing without files.

    Classes for which a row has no room are listed below one another. Where a file has none, the row
    says why; what else is to be known about a file stands in the last column.

    Args:
        results: The files.
        top: Classes a file, at most.
        screen: Where it will be printed: how wide it is, and which characters it has; default: a
            file in UTF-8.
    """
    if not results:
        return ""
    shown = screen is not None and screen.isatty()
    encoding = (screen and screen.encoding) or "utf-8"
    # Of a screen without frames and arrows, rich learns by its encoding.
    out = io.TextIOWrapper(
        io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="", write_through=True
    )
    console = Console(file=out, width=None if shown else _WIDTH, force_terminal=shown)
    wide = _wide(results, top)
    console.print(wide if _room(wide) <= console.width else _long(results, top))
    content = out.buffer
    assert isinstance(content, io.BytesIO)
    return content.getvalue().decode(encoding)


def _wide(results: Sequence[FilePrediction], top: int) -> Table:
    top = min(top, max(len(result.class_names) for result in results))
    table = Table("file", *(f"{rank}." for rank in range(1, top + 1)))
    with_sets = _add_set_column(table, results)
    with_notes = any(map(_note, results))
    if with_notes:
        table.add_column("note")
    for result in results:
        cells = [f"{name} {value:.0%}" for name, value in result.ranking(top)] or [
            _in_place(result)
        ]
        cells += [""] * (top - len(cells)) + [", ".join(result.class_set)] * with_sets
        cells += [_note(result)] if with_notes else []
        table.add_row(*map(_text, [printable(result.path), *cells]))
    return table


def _long(results: Sequence[FilePrediction], top: int) -> Table:
    table = Table("file", "rank", "class", "probability")
    with_sets = _add_set_column(table, results)
    with_notes = any(map(_note, results))
    if with_notes:
        table.add_column("note")
    for result in results:
        lines = [
            [str(rank), name, f"{value:.0%}"]
            for rank, (name, value) in enumerate(result.ranking(top), start=1)
        ] or [["", _in_place(result), ""]]
        for k, line in enumerate(lines):
            path, note = ("", "") if k else (printable(result.path), _note(result))
            held = [("" if k else ", ".join(result.class_set))] * with_sets
            table.add_row(*map(_text, [path, *line, *held, *([note] if with_notes else [])]))
        table.add_section()
    return table


def _add_set_column(table: Table, results: Sequence[FilePrediction]) -> bool:
    """Add a column for sets of classes, where they were asked for, and return whether they were."""
    coverages = {result.coverage for result in results if result.coverage is not None}
    for coverage in coverages:  # one at most: it is asked for once
        table.add_column(f"set of {coverage:.0%}")
    return bool(coverages)


def _in_place(result: FilePrediction) -> str:
    """Return what stands in place of a class."""
    return SILENT if result.is_silent else ""


def _note(result: FilePrediction) -> str:
    if result.error is not None:
        return result.error.removeprefix(f"{result.path}: ")
    return "; ".join(note for note in result.all_notes if note != SILENT)


def _text(cell: str) -> Text:
    """Return a cell as it is: not as markup, and on one line."""
    return Text(one_line(cell))


def _room(table: Table) -> int:
    """Return how many columns of characters a table needs, where paths and notes are folded."""
    widths = []
    for column in table.columns:
        width = max(cell_len(str(cell)) for cell in [column.header, *column.cells])
        folds = column.header in ("file", "note") or str(column.header).startswith("set of")
        widths.append(min(width, _LEAST_OF_TEXT) if folds else width)
    return sum(widths) + _FRAME * len(widths) + 1
