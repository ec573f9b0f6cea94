"""Broken tables of clips: encodings, quotes, columns, numbers, labels and paths."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import soundfile

from benchmarks.fuzz.damage import damaged
from benchmarks.fuzz.recogniser import FRONT_END
from benchmarks.fuzz.trial import Trial, WrongResultError
from instrument_net.data import InstrumentDataModule, read_manifest
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.frontend import FrontEnd

Rows = list[list[str]]
_LABELS = ("flute", "harp", "oboe")
_CLIPS_A_LABEL = 5
_COLUMNS = ["path", "label", "recording_id", "start_s", "duration_s"]
_NUMBERS = (
    *("", " ", "0", "-0", "0.1", "-1", "nan", "inf", "-inf", "1e400", "1e-320", "1,5", "1_000"),
    *("0x10", "٣", "true", "None", "1.5s", "+0.1", "0.1.2", "9" * 400, "1e5", "NaN", "½"),
)
_GOOD_NUMBERS = ("", " 0.01", "5e-2 ", "+0.1", "00.02", "0.1234567890123456789")
_TEXTS = (
    *("", " ", "NA", "nan", "null", "flute ", "Flute", "FLUTE", "ﬂute", "flu\u0301te", "flu­te"),
    *("=1+1", "a,b", 'a"b', "a\nb", "a\rb", "a\tb", "a\0b", "\u202eetulf", "\x1b[31m", "🎻", "."),
    *("..", "a/b", "x" * 300, "x" * 20_000, "[red]", "$x$", "${oc.env:HOME}", "train", "0", "-1"),
    *("\ufeff", "\u2028", "%s", "{}", "\\", "'", "#"),
)
_PATHS = (
    *("", " ", ".", "..", "/", "~", "/dev/null", "/dev/zero", "/proc/self/mem", "a\0b", "*.wav"),
    *("file:///a.wav", "https://example.org/a.wav", "C:\\a.wav", "x" * 300, "a/" * 3_000, "a\nb"),
    *("clips.csv", "no.wav", "../no.wav", "-", "$HOME", "CON", "\udcff.wav"),
)
_NAMES = (
    *("", " ", "Path", "label", "path", "split", "extra", "digest", "group", "reason", "source"),
    *("index", "row", "instrument_id", "a b", "a\nb", "𝄞", "0", "x" * 3_000, "path ", "\0"),
    *("probability", "target", "prediction", "file", "class", "articulation", "pitch_midi"),
)
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-8-sig", "cp037", "utf-7")
_SEPARATORS = (";", "\t", "|", " ", ":", ",", "\x1f")


class TableCases:
    """Tables of the same few clips, and whether they can be divided.

    Args:
        folder: For the clips and for what is decoded.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._front_end = FrontEnd(**FRONT_END)
        generator = np.random.default_rng(0)
        self._rows: Rows = []
        for label in _LABELS:
            for number in range(_CLIPS_A_LABEL):
                path = folder / f"{label}{number}.wav"
                soundfile.write(path, 0.1 * generator.standard_normal(8_000), 44_100)
                self._rows.append([str(path), label, f"{label}{number}", "", ""])

    def trial(self, random: Random, folder: Path) -> Trial:
        """Return a table with one to three faults."""
        content, made = self._content(random)
        path = folder / "clips.csv"
        path.write_bytes(content)
        return Trial(
            made,
            # Of a split that cannot be made, the class or the setting is the thing.
            [str(path), "split.", *(f"class {label!r}" for label in _LABELS)],
            [
                ("read_manifest", lambda: read_manifest(path)),
                ("from_manifest", lambda: self._set_up(path)),
            ],
        )

    def _content(self, random: Random) -> tuple[bytes, str]:
        rows, names = [_COLUMNS[:], *([*row] for row in self._rows)], []
        for _ in range(random.choice((1, 1, 2, 3))):
            fault = random.choice(_FAULTS)
            fault(rows, random)
            names.append(fault.__name__.removeprefix("_"))
        separator = random.choice(_SEPARATORS) if random.random() < 0.2 else ","
        file = io.StringIO()
        csv.writer(
            file,
            delimiter=separator,
            lineterminator=random.choice(("\n", "\n", "\r\n", "\r")),
            quoting=random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        ).writerows(rows)
        text, encoding = file.getvalue(), "utf-8"
        if random.random() < 0.15:
            encoding = random.choice(_ENCODINGS)
        content = text.encode(encoding, "replace")
        if random.random() < 0.25:
            content, how = damaged(content, text.encode("utf-8", "replace"), random)
            names.append(how)
        return content, f"{', '.join(names)}; {separator!r}, {encoding}"

    def _set_up(self, path: Path) -> None:
        data = InstrumentDataModule.from_manifest(
            path, front_end=self._front_end, store_dir=self._folder / "store"
        )
        data.setup()
        check_divided(data)


def check_divided(data: InstrumentDataModule) -> None:
    """Raise if a data module says of itself what cannot be."""
    clips = data.clips
    if not set(clips["split"]) <= set(SPLIT_NAMES) or clips["path"].isna().any():
        raise WrongResultError("clips without a split or a path")
    training = clips.loc[clips["split"] == "train", "label"]
    if tuple(sorted(set(training))) != data.class_names:
        raise WrongResultError(f"classes {data.class_names}, in training {sorted(set(training))}")
    spectrogram, features, label = next(iter(data.val_dataloader()))
    if not (spectrogram.isfinite().all() and features.isfinite().all()):
        raise WrongResultError("inputs that are not finite")
    if label.min() < 0 or label.max() >= len(data.class_names):
        raise WrongResultError("a label without a class")


def _row(rows: Rows, random: Random) -> list[str]:
    return rows[random.randrange(1, len(rows))] if len(rows) > 1 else [""]


def _cell(rows: Rows, random: Random, column: int, values: tuple[str, ...]) -> None:
    for _ in range(random.choice((1, 1, 15))):
        row = _row(rows, random)
        if column < len(row):
            row[column] = random.choice(values)


def _number(rows: Rows, random: Random) -> None:
    _cell(rows, random, random.choice((3, 4)), _NUMBERS)


def _good_number(rows: Rows, random: Random) -> None:
    _cell(rows, random, random.choice((3, 4)), _GOOD_NUMBERS)


def _label(rows: Rows, random: Random) -> None:
    _cell(rows, random, 1, _TEXTS)


def _path(rows: Rows, random: Random) -> None:
    _cell(rows, random, 0, _PATHS)


def _recording(rows: Rows, random: Random) -> None:
    _cell(rows, random, 2, _TEXTS)


def _column_name(rows: Rows, random: Random) -> None:
    _cell(rows[:1] * 2, random, random.randrange(len(_COLUMNS)), _NAMES)


def _more_columns(rows: Rows, random: Random) -> None:
    name = random.choice(_NAMES)
    values = (*SPLIT_NAMES, "") if name == "split" and random.random() < 0.5 else _TEXTS
    for number, row in enumerate(rows):
        row.append(random.choice(values) if number else name)


def _fewer_columns(rows: Rows, random: Random) -> None:
    column = random.randrange(len(_COLUMNS))
    for row in rows:
        del row[column : column + 1]


def _fields(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    row[:] = random.choice((row[:-1], [*row, ""], [*row, "x"], [], [""], row * 50))


def _huge_field(rows: Rows, random: Random) -> None:
    row = random.choice(rows)
    row[-1:] = ["x" * random.choice((131_073, 1_000_000))]


def _rows_twice(rows: Rows, random: Random) -> None:
    rows += [[*row] for row in rows[random.randrange(2) :]]


def _few_rows(rows: Rows, random: Random) -> None:
    random.shuffle(kept := rows[1:])
    rows[1:] = kept[: random.choice((0, 1, 2, 3, 5, 8))]


def _order(rows: Rows, random: Random) -> None:
    random.shuffle(rows)


_FAULTS: tuple[Callable[[Rows, Random], None], ...] = (
    _number, _good_number, _good_number, _label, _path, _recording, _recording, _order, _order,
    _column_name, _more_columns, _fewer_columns, _fields, _huge_field, _rows_twice, _few_rows,
)  # fmt: skip
