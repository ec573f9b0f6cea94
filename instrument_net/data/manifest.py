"""The table of clips: one row a clip, read from CSV, checked before anything long starts."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instrument_net.data.label_spelling import two_spellings
from instrument_net.data.reserved_columns import unusable_column
from instrument_net.errors import InputError
from instrument_net.files import PassedOver, printable
from instrument_net.spelling import nearest

SPLIT_NAMES = ("train", "validation", "test")
_REQUIRED = ("path", "label")
_SHOWN = 5
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


class ManifestError(InputError):
    """A table of clips that cannot be used; the message names the file, the row and what to do."""


@dataclass(frozen=True)
class Manifest:
    """A checked table of clips.

    Attributes:
        clips: One row a clip; the index is the row's line number in the file it came from.
            ``path`` (absolute, str), ``label`` (str), ``start_s`` (float, 0 where not given),
            ``duration_s`` (float, NaN = to the end); every other column is kept as text.
        origin: The file or folder it was read from, for messages and reports.
        caveat: What scores on these clips do not say, as half a sentence for reports; empty if
            there is nothing special about them.
        passed_over: What was found beside the clips and not taken for audio; clips whose label is
            dropped.
        renaming: Which labels have another name than in the corpus, in words; empty if none was
            mapped.
        keeps_whole: Columns each of whose values a split keeps whole, where its user names none;
            the table then has the column ``kept_whole``, see :mod:`instrument_net.data.grouping`.
        incomplete: What of a published corpus is missing, in words; empty if nothing is known to
            be.
    """

    clips: pd.DataFrame
    origin: Path
    caveat: str = ""
    passed_over: tuple[PassedOver, ...] = ()
    renaming: str = ""
    keeps_whole: tuple[str, ...] = ()
    incomplete: str = ""

    @property
    def class_names(self) -> tuple[str, ...]:
        """Return the labels in alphabetical order: the network's output order."""
        return tuple(sorted(self.clips["label"].unique()))


def read_manifest(path: str | Path, *, allowed_labels: Collection[str] | None = None) -> Manifest:
    r"""Read and check a CSV table of clips.

    Args:
        path: CSV file with at least the columns ``path`` (relative to the CSV's folder, or
            absolute) and ``label``. ``start_s`` and ``duration_s`` cut an excerpt out of a longer
            file, ``split`` fixes the split of a row (``train``, ``validation`` or ``test``).
        allowed_labels: If given, the only labels that may occur.

    Returns:
        The checked manifest.

    Raises:
        ManifestError: If the file is missing, empty or no CSV; a column is missing or has a name
            that reports use; a row has no path or label, a file that does not exist, a bad number,
            an unknown split or label, or repeats another row; or if two labels differ only in
            spelling.

    >>> rows = ["path,label", "recordings/flute/1.wav,flute", "recordings/oboe/1.wav,oboe"]
    >>> _ = Path("clips.csv").write_text("\n".join(rows))
    >>> read_manifest("clips.csv").clips["label"].to_dict()
    {2: 'flute', 3: 'oboe'}
    """
    origin = Path(path)
    table = _read_csv(origin)
    for column in _REQUIRED:
        if column not in table.columns:
            near = nearest(column, table.columns)
            remedy = f"; did you mean to rename {near!r}?" if near else ""
            raise ManifestError(
                f"{origin}: no column {column!r}; it has {', '.join(table.columns)}{remedy}"
            )
    for column in _REQUIRED:
        blank = table.index[table[column].str.strip() == ""]
        _refuse(origin, blank, table, f"column {column!r} is empty: fill it or remove the row")
    table["label"] = table["label"].str.strip()
    folder = origin.parent.resolve()
    check_names([folder])
    table["path"] = [str(folder / entry.strip()) for entry in table["path"]]
    table["start_s"] = _seconds(origin, table, "start_s", when_blank=0.0)
    table["duration_s"] = _seconds(origin, table, "duration_s", when_blank=float("nan"))
    _check_rows(origin, table, allowed_labels)
    return checked_manifest(table, origin)


def check_trainable(manifest: Manifest) -> None:
    """Refuse clips of a single class, which can be tested and not be trained.

    Raises:
        ManifestError: Naming the class.
    """
    if len(manifest.class_names) < 2:
        raise ManifestError(
            f"{manifest.origin}: all {len(manifest.clips)} clips have the label "
            f"{manifest.class_names[0]!r}; a classifier needs at least two classes"
        )


def check_names(paths: Iterable[str | Path]) -> None:
    """Refuse names that no table of a run could hold, nor one of pandas with pyarrow.

    Raises:
        ManifestError: Naming the first path that is not UTF-8.
    """
    for path in paths:
        if printable(path) != str(path):
            raise ManifestError(
                f"{printable(path)}: the name of this file or of a folder above it is not UTF-8: "
                "rename it"
            )


def checked_manifest(table: pd.DataFrame, origin: Path) -> Manifest:
    """Make a manifest of a table whose rows are known to be good.

    Raises:
        ManifestError: If the table holds no clip, a path is not UTF-8, which no table of a run
            could hold, or two labels differ only in spelling.
    """
    if table.empty:
        raise ManifestError(f"{origin}: holds no clip")
    check_names(table["path"])
    problem = two_spellings(table["label"])
    if problem is not None:
        raise ManifestError(f"{origin}: {problem}")
    return Manifest(clips=table, origin=origin)


def _read_csv(origin: Path) -> pd.DataFrame:
    if not origin.is_file():
        raise ManifestError(f"{origin}: no such file; data.path must name a CSV table of clips")
    try:
        with origin.open(encoding="utf-8-sig", newline="") as file:
            separator = _separator(file.readline())
            file.seek(0)
            header, *rows = csv.reader(file, strict=True, delimiter=separator)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ManifestError(f"{origin}: not a readable CSV table (UTF-8): {error}") from error
    except ValueError as error:  # nothing to unpack a header from
        raise ManifestError(f"{origin}: the file is empty; its first row names columns") from error
    # Line numbers as an editor shows them: line 1 is the header. Blank lines say nothing.
    numbered = {n: row for n, row in enumerate(rows, start=2) if "".join(row).strip()}
    for number, row in numbered.items():
        if len(row) != len(header):
            raise ManifestError(
                f"{origin}: row {number} has {len(row)} fields, the header has {len(header)}; "
                f"quote a field that holds a {_SEPARATORS[separator]}"
            )
    names = [name.strip() for name in header]
    table = pd.DataFrame([*numbered.values()], columns=names, dtype=str)
    table.index = pd.Index([*numbered], dtype="int64", name="row")
    problem = unusable_column(table.columns)
    if problem is not None:
        raise ManifestError(f"{origin}: {problem}")
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise ManifestError(f"{origin}: column {twice[0]!r} appears twice")
    return table


def _separator(header: str) -> str:
    """Return what separates the columns: a comma, unless the header can be read otherwise only."""
    for separator in _SEPARATORS:
        names = {name.strip().strip('"') for name in header.split(separator)}
        if set(_REQUIRED) <= names:
            return separator
    return next((other for other in _SEPARATORS if other in header), ",")


def _seconds(origin: Path, table: pd.DataFrame, column: str, *, when_blank: float) -> pd.Series:
    if column not in table.columns:
        return pd.Series(when_blank, index=table.index)
    text = table[column].str.strip()
    values = pd.to_numeric(text.where(text != "", str(when_blank)), errors="coerce")
    bad = (text != "") & ~(values >= 0) | (values == float("inf"))
    _refuse(
        origin, table.index[bad], table, f"{column} must be a number of seconds, 0 or more (as 1.5)"
    )
    if column == "duration_s":
        empty = table.index[values == 0]
        _refuse(origin, empty, table, "duration_s is 0: the excerpt holds no sample")
    return values.astype(float)


def _check_rows(origin: Path, table: pd.DataFrame, allowed: Collection[str] | None) -> None:
    missing = table.index[[not _is_file(entry) for entry in table["path"]]]
    _refuse(origin, missing, table, "no such audio file; paths are relative to the table's folder")
    twice = table.index[table.duplicated(["path", "start_s"], keep="first")]
    _refuse(origin, twice, table, "the same clip (path and start_s) is already in an earlier row")
    if allowed is not None:
        unknown = table.index[~table["label"].isin(list(allowed))]
        _refuse(origin, unknown, table, f"label not among the allowed {sorted(allowed)}")
    if "split" in table.columns:
        table["split"] = table["split"].str.strip()
        wrong = table.index[~table["split"].isin(("", *SPLIT_NAMES))]
        _refuse(origin, wrong, table, f"split must be empty or one of {', '.join(SPLIT_NAMES)}")


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # too long, or not to be searched; or with a NUL in it
        return False


def _refuse(origin: Path, rows: Iterable[int], table: pd.DataFrame, reason: str) -> None:
    rows = list(rows)
    if not rows:
        return
    shown = "; ".join(f"row {row} {dict(table.loc[row, list(_REQUIRED)])}" for row in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    raise ManifestError(f"{origin}: {reason}: {shown}{more}")
