"""Predictions of files -> a table on the screen, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from instrument_net.recognition.files import FilePrediction

_WIDTH = 200  # where no terminal shows it: a table cut to 80 columns loses names


def as_table(results: list[FilePrediction], top: int) -> str:
    """Return a row a file with its ``top`` most probable classes; nothing without files."""
    if not results:
        return ""
    table = Table("file", *(f"{rank}." for rank in range(1, top + 1)))
    for result in results:
        cells = [f"{name} {value:.0%}" for name, value in result.ranking(top)]
        table.add_row(escape(str(result.path)), *cells)
    shown = sys.stdout.isatty()
    out = io.StringIO()
    Console(file=out, width=None if shown else _WIDTH, force_terminal=shown).print(table)
    return out.getvalue()


def as_csv(results: list[FilePrediction], top: int) -> str:
    """Return a line a file and class: path, rank, label, probability."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["path", "rank", "label", "probability"])
    for result in results:
        for rank, (name, value) in enumerate(result.ranking(top), start=1):
            writer.writerow([result.path, rank, name, f"{value:.6f}"])
    return out.getvalue()


def as_json(results: list[FilePrediction], top: int) -> str:
    """Return a list of files, each with its ``path`` and ``predictions``."""
    rows = [
        {
            "path": str(result.path),
            "predictions": [
                {"label": name, "probability": round(value, 6)}
                for name, value in result.ranking(top)
            ],
        }
        for result in results
    ]
    return json.dumps(rows, indent=2) + "\n"


def timeline_csv(results: list[FilePrediction]) -> str:
    """Return a line a window: path, start, most probable class, probability of every class."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = results[0].class_names if results else ()
    writer.writerow(["path", "start_s", "label", *(f"p({name})" for name in names)])
    for result in results:
        for start_s, window in zip(result.start_s, result.windows, strict=True):
            label = names[int(window.argmax())]
            writer.writerow([result.path, f"{start_s:.3f}", label, *(f"{p:.6f}" for p in window)])
    return out.getvalue()


LISTINGS: dict[str, Callable[[list[FilePrediction], int], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
}
