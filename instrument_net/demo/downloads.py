"""Classified files -> the answer as files to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from instrument_net.demo.answer import has_timeline, without_folder
from instrument_net.files import write_atomically
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.listing import Listing, ListingWriter
from instrument_net.recognition.listings import csv_listing
from instrument_net.recognition.timelines import timeline_listing


def write_downloads(
    results: Sequence[FilePrediction], shown: FilePrediction, folder: Path
) -> dict[str, Path | None]:
    """Write what can be kept of an answer.

    Args:
        results: All files.
        shown: The one whose course over time is written.
        folder: Where; it exists.

    Returns:
        ``classes``: a table, a row a file with the probability of every class, as ``predict``
        writes it. ``timeline``, a row a window, and ``labels``, for Audacity: of the file that is
        shown; ``None`` for a sound of one window. Paths in them are names without a folder.
    """
    n_classes = len(shown.class_names)
    table = csv_listing(n_classes, n_classes)
    written: dict[str, Path | None] = {"classes": _write(table, results, folder / "classes.csv")}
    for key, name in (("timeline", "timeline.csv"), ("labels", "labels.txt")):
        place = folder / name
        own = timeline_listing(place, shown.class_names)
        written[key] = _write(own, [shown], place) if has_timeline(shown) else None
    return written


def _write(listing: Listing, results: Sequence[FilePrediction], place: Path) -> Path:
    pieces: list[str] = []
    writer = ListingWriter(listing, pieces.append)
    for result in results:
        writer.add(_named(result))
    writer.end()
    write_atomically(place, "".join(pieces).encode())
    return place


def _named(result: FilePrediction) -> FilePrediction:
    error = result.error and without_folder(result.error, result.path)
    return replace(result, path=Path(result.path.name), error=error)
