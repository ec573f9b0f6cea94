"""Predictions of files -> CSV, JSON or a table on the screen."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TextIO

from instrument_net.files import printable
from instrument_net.recognition.file_prediction import SILENT, FilePrediction
from instrument_net.recognition.table import as_table


def as_csv(results: list[FilePrediction], top: int, screen: TextIO | None = None) -> str:
    """Return a line a file and class: path, rank, label, probability, notes, error.

    A file without a class has one line: with its error, or with the label ``silent`` and no rank.
    """
    del screen
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["path", "rank", "label", "probability", "notes", "error"])
    for result in results:
        path, notes = printable(result.path), "; ".join(result.notes)
        for rank, (name, value) in enumerate(result.ranking(top), start=1):
            writer.writerow([path, rank, name, f"{value:.6f}", notes, ""])
        if not result.windows:
            label = SILENT if result.is_silent else ""
            writer.writerow([path, "", label, "", notes, result.error or ""])
    return out.getvalue()


def as_json(results: list[FilePrediction], top: int, screen: TextIO | None = None) -> str:
    """Return a list of files: ``path``, ``predictions``, ``duration_s``, ``notes``, ``error``.

    A file without a class has no predictions, and an error or the note ``silent``.
    """
    del screen
    rows = [
        {
            "path": printable(result.path),
            "predictions": [
                {"label": name, "probability": round(value, 6)}
                for name, value in result.ranking(top)
            ],
            "duration_s": None if result.duration_s is None else round(result.duration_s, 6),
            "notes": result.notes,
            "error": result.error,
        }
        for result in results
    ]
    return json.dumps(rows, indent=2) + "\n"


def timeline_csv(results: list[FilePrediction]) -> str:
    """Return a line a window: path, start, most probable class, probability of every class.

    The label of a window in which nothing sounds is ``silent``, and it has no probabilities.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = results[0].class_names if results else ()
    writer.writerow(["path", "start_s", "label", *(f"p({name})" for name in names)])
    for result in results:
        rows = [
            (start_s, names[int(window.argmax())], [f"{p:.6f}" for p in window])
            for start_s, window in zip(result.start_s, result.windows, strict=True)
        ]
        rows += [(start_s, SILENT, [""] * len(names)) for start_s in result.silent_s]
        for start_s, label, values in sorted(rows):
            writer.writerow([printable(result.path), f"{start_s:.3f}", label, *values])
    return out.getvalue()


LISTINGS: dict[str, Callable[[list[FilePrediction], int, TextIO | None], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
}
