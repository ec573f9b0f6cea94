"""The windows of files -> a table of all, or the labels of one in an audio editor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from instrument_net.errors import InputError
from instrument_net.escaping import one_line
from instrument_net.files import printable
from instrument_net.recognition.file_prediction import SILENT, FilePrediction
from instrument_net.recognition.listing import Listing
from instrument_net.recognition.listings import csv_text
from instrument_net.recognition.stretches import stretches, window_end_s

_OF_LABELS = ".txt"


def timeline_listing(place: Path, class_names: Sequence[str]) -> Listing:
    """Return what a file's ending asks for: ``.txt`` labels, any other a table.

    Args:
        place: Where it will be written.
        class_names: Of the network.
    """
    if place.suffix.lower() == _OF_LABELS:
        return Listing(lambda results: "".join(map(timeline_labels, results)))
    columns = ["path", "start_s", "end_s", "label", *(f"p({name})" for name in class_names)]
    return Listing(
        lambda results: csv_text(row for result in results for row in timeline_rows(result)),
        head=csv_text([columns]),
    )


def check_timeline(place: Path, n_files: int) -> None:
    """Refuse, before any work, labels of several files: they would lie on one another.

    Raises:
        InputError: Naming the place and what to do.
    """
    if place.suffix.lower() == _OF_LABELS and n_files > 1:
        raise InputError(
            f"{printable(place)}: labels are those of one file, and there are {n_files}; name one, "
            "or write a .csv"
        )


def timeline_labels(result: FilePrediction) -> str:
    """Return a line a stretch: start, end, name, with tabs between; times in seconds.

    The standard format of Audacity's label tracks, which other editors read as well. Windows
    overlap; stretches do not: see :mod:`instrument_net.recognition.stretches`.

    References:
        Audacity manual, "Importing and exporting labels".
    """
    return "".join(
        f"{part.start_s:.6f}\t{part.end_s:.6f}\t{one_line(part.label)}\n"
        for part in stretches(result)
    )


def timeline_rows(result: FilePrediction) -> list[list[str]]:
    """Return a row a window: path, start, end, most probable class, probability of every class.

    Windows overlap by half. The label of a window in which nothing sounds is ``silent``, and it has
    no probabilities.
    """
    names = result.class_names
    rows = [
        (start_s, names[int(window.argmax())], [f"{p:.6f}" for p in window])
        for start_s, window in zip(result.start_s, result.windows, strict=True)
    ]
    rows += [(start_s, SILENT, [""] * len(names)) for start_s in result.silent_s]
    path = printable(result.path)
    return [
        [path, f"{start_s:.3f}", f"{window_end_s(result, start_s):.3f}", label, *values]
        for start_s, label, values in sorted(rows)
    ]
