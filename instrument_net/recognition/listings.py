"""Predictions of files -> CSV, JSON, JSON Lines or a table on the screen."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TextIO

from instrument_net.files import printable
from instrument_net.recognition.certainty import UNSURE
from instrument_net.recognition.file_prediction import SILENT, FilePrediction
from instrument_net.recognition.listing import Listing
from instrument_net.recognition.table import as_table

_ROWS_OF_A_TABLE = 1_000  # their widths have to be known before the first is written


class MakeListing(Protocol):
    """Makes the listing of a form."""

    def __call__(
        self, n_classes: int, top: int, *, with_sets: bool = False, screen: TextIO | None = None
    ) -> Listing:
        """Return the listing.

        Args:
            n_classes: Of the network.
            top: Classes a file, at most.
            with_sets: Whether sets of classes were asked for.
            screen: Where a table will be printed; ``None``: into a file.
        """


def csv_listing(
    n_classes: int, top: int, *, with_sets: bool = False, screen: TextIO | None = None
) -> Listing:
    """Return a line a file, also where it could not be read.

    Columns: path, label and probability of the most probable class, ``label_2``,
    ``probability_2`` and so on up to ``top`` classes, notes, error. A file without a class has no
    probability, and its label is ``silent`` or, with an error, empty. Where no class explains a
    file, its label is ``unsure``, and the notes name the most probable class. Where sets were asked
    for, a column ``set`` before the notes names their classes.
    """
    del screen
    ranks = range(1, min(top, n_classes) + 1)
    pairs = [f"{what}_{rank}" for rank in ranks for what in ("label", "probability")]
    sets = ["set"] * with_sets

    def row(result: FilePrediction) -> list[str]:
        cells = [
            cell for name, value in result.ranking(len(ranks)) for cell in (name, f"{value:.6f}")
        ] or [SILENT if result.is_silent else ""]
        cells += [""] * (len(pairs) - len(cells))
        if result.is_unsure:
            cells[:2] = [UNSURE, ""]
        cells += ["; ".join(result.class_set)] * len(sets)
        notes = "; ".join(result.all_notes)
        return [printable(result.path), *cells, notes, result.error or ""]

    return Listing(
        lambda results: csv_text(map(row, results)),
        head=csv_text([["path", "label", "probability", *pairs[2:], *sets, "notes", "error"]]),
    )


def json_listing(
    n_classes: int, top: int, *, with_sets: bool = False, screen: TextIO | None = None
) -> Listing:
    """Return a list of files: ``path``, ``predictions``, ``duration_s``, ``notes``, ``error``.

    A file without a class has no predictions, and an error or the note ``silent``. Where it is
    known how sure the network may be, ``unsure`` says whether no class explains the file; where
    sets were asked for, ``set`` lists their classes.
    """
    del n_classes, with_sets, screen

    def text(results: Sequence[FilePrediction]) -> str:
        rows = [json.dumps(_object(result, top), indent=2) for result in results]
        return "\n" + textwrap.indent(",\n".join(rows), "  ")

    return Listing(text, head="[", between=",", foot="\n]\n")


def json_lines_listing(
    n_classes: int, top: int, *, with_sets: bool = False, screen: TextIO | None = None
) -> Listing:
    """Return the objects of :func:`json_listing`, each on a line of its own, without a list."""
    del n_classes, with_sets, screen
    return Listing(
        lambda results: "".join(json.dumps(_object(result, top)) + "\n" for result in results)
    )


def table_listing(
    n_classes: int, top: int, *, with_sets: bool = False, screen: TextIO | None = None
) -> Listing:
    """Return tables of up to 1,000 files: :func:`~instrument_net.recognition.table.as_table`."""
    del n_classes, with_sets
    return Listing(lambda results: as_table(results, top, screen), at_once=_ROWS_OF_A_TABLE)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _object(result: FilePrediction, top: int) -> dict[str, Any]:
    return {
        "path": printable(result.path),
        "predictions": [
            {"label": name, "probability": round(value, 6)} for name, value in result.ranking(top)
        ],
        "duration_s": None if result.duration_s is None else round(result.duration_s, 6),
        **({} if result.certainty is None else {"unsure": result.is_unsure}),
        **({} if result.coverage is None else {"set": list(result.class_set)}),
        "notes": result.all_notes,
        "error": result.error,
    }


LISTINGS: dict[str, MakeListing] = {
    "table": table_listing,
    "csv": csv_listing,
    "json": json_listing,
    "jsonl": json_lines_listing,
}
