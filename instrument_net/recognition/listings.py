"""Predictions of files -> CSV, JSON or a table on the screen."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TextIO

from instrument_net.files import printable
from instrument_net.recognition.certainty import UNSURE
from instrument_net.recognition.file_prediction import SILENT, FilePrediction
from instrument_net.recognition.table import as_table


def as_csv(results: list[FilePrediction], top: int, screen: TextIO | None = None) -> str:
    """Return a line a file, also where it could not be read.

    Columns: path, label and probability of the most probable class, ``label_2``,
    ``probability_2`` and so on up to ``top`` classes, notes, error. A file without a class has no
    probability, and its label is ``silent`` or, with an error, empty. Where no class explains a
    file, its label is ``unsure``, and the notes name the most probable class. Where sets were asked
    for, a column ``set`` before the notes names their classes.
    """
    del screen
    most = max((len(result.class_names) for result in results), default=1)
    ranks = range(1, min(top, most) + 1)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    pairs = [f"{what}_{rank}" for rank in ranks for what in ("label", "probability")]
    sets = ["set"] * any(result.coverage is not None for result in results)
    writer.writerow(["path", "label", "probability", *pairs[2:], *sets, "notes", "error"])
    for result in results:
        cells = [
            cell for name, value in result.ranking(len(ranks)) for cell in (name, f"{value:.6f}")
        ] or [SILENT if result.is_silent else ""]
        cells += [""] * (len(pairs) - len(cells))
        if result.is_unsure:
            cells[:2] = [UNSURE, ""]
        cells += ["; ".join(result.class_set)] * len(sets)
        notes = "; ".join(result.all_notes)
        writer.writerow([printable(result.path), *cells, notes, result.error or ""])
    return out.getvalue()


def as_json(results: list[FilePrediction], top: int, screen: TextIO | None = None) -> str:
    """Return a list of files: ``path``, ``predictions``, ``duration_s``, ``notes``, ``error``.

    A file without a class has no predictions, and an error or the note ``silent``. Where it is
    known how sure the network may be, ``unsure`` says whether no class explains the file; where
    sets were asked for, ``set`` lists their classes.
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
            **({} if result.certainty is None else {"unsure": result.is_unsure}),
            **({} if result.coverage is None else {"set": list(result.class_set)}),
            "notes": result.all_notes,
            "error": result.error,
        }
        for result in results
    ]
    return json.dumps(rows, indent=2) + "\n"


LISTINGS: dict[str, Callable[[list[FilePrediction], int, TextIO | None], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
}
