"""Tables, CSV and JSON of files with many classes, without one, and with strange names."""

import csv
import io
import json
from pathlib import Path

import pytest
import torch

from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.listings import LISTINGS, as_csv, as_json, timeline_csv
from instrument_net.recognition.table import as_table

NAMES = tuple(f"instrument number {k}" for k in range(60))


def prediction(path="a.wav", names=NAMES, **facts):
    values = torch.arange(len(names), 0, -1).float()
    return FilePrediction(Path(path), names, [0.0], [values / values.sum()], **facts)


class Screen(io.StringIO):
    """A terminal, of the width that the environment states."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize("top", [1, 3, 50, 1000])
@pytest.mark.parametrize("columns", [80, 120, None])
def test_every_class_can_be_read_whole(monkeypatch, top, columns):
    if columns:
        monkeypatch.setenv("COLUMNS", str(columns))
    table = as_table([prediction(), prediction("b.wav")], top, Screen() if columns else None)
    for name in NAMES[:top]:
        assert table.count(f"{name} ") == 2
    assert ("probability" in table) == (top > 3 or (columns == 80 and top == 3))
    assert table.count("a.wav") == table.count("b.wav") == 1


def test_a_table_of_few_classes_has_no_empty_columns():
    table = as_table([prediction(names=("flute", "oboe"))], 50)
    assert "2." in table
    assert "3." not in table


def failed_and_silent():
    failed = FilePrediction(Path("cut.wav"), NAMES, error="cut.wav: truncated; copy it again")
    silent = FilePrediction(Path("zero.wav"), NAMES, silent_s=[0.0, 3.0], notes=["silent"])
    return [prediction(notes=["clipped"], duration_s=1.25), failed, silent]


@pytest.mark.parametrize("top", [1, 50])
def test_a_table_says_why_a_file_has_no_class(top):
    table = as_table(failed_and_silent(), top)
    for path, note in (("a", "clipped"), ("cut", "truncated; copy it again"), ("zero", "silent")):
        (line,) = [line for line in table.splitlines() if f"{path}.wav" in line]
        assert note in line
    assert "note" not in as_table([prediction()], top)


def test_csv_and_json_have_every_file():
    rows = list(csv.DictReader(as_csv(failed_and_silent(), 2).splitlines()))
    assert [(row["path"], row["rank"], row["label"], row["notes"]) for row in rows] == [
        ("a.wav", "1", NAMES[0], "clipped"),
        ("a.wav", "2", NAMES[1], "clipped"),
        ("cut.wav", "", "", ""),
        ("zero.wav", "", "silent", "silent"),
    ]
    assert [row["error"] for row in rows] == ["", "", "cut.wav: truncated; copy it again", ""]
    good, failed, silent = json.loads(as_json(failed_and_silent(), 2))
    assert (len(good["predictions"]), good["duration_s"], good["error"]) == (2, 1.25, None)
    assert (failed["predictions"], failed["error"]) == ([], "cut.wav: truncated; copy it again")
    assert (silent["predictions"], silent["notes"], silent["error"]) == ([], ["silent"], None)


def test_a_timeline_names_silent_windows_in_their_places():
    result = prediction(silent_s=[0.5])
    result.start_s, result.windows = [0.0, 1.0], result.windows * 2
    rows = list(csv.DictReader(timeline_csv([result, *failed_and_silent()[1:]]).splitlines()))
    assert [(row["path"], row["start_s"], row["label"]) for row in rows] == [
        ("a.wav", "0.000", NAMES[0]),
        ("a.wav", "0.500", "silent"),
        ("a.wav", "1.000", NAMES[0]),
        ("zero.wav", "0.000", "silent"),
        ("zero.wav", "3.000", "silent"),
    ]
    assert rows[1][f"p({NAMES[0]})"] == ""


@pytest.mark.parametrize("listing", LISTINGS)
def test_brackets_and_bytes_come_out_as_they_are(listing):
    path = "[bold]x[/b] $a$ caf\udce9.wav"
    text = LISTINGS[listing]([prediction(path, names=("[dry] flute", "[/b]"))], 2, None)
    text.encode()
    assert "[bold]x[/b] $a$ caf" in text
    assert "[dry] flute" in text
    assert "[/b]" in text
    assert "xe9.wav" in text


@pytest.mark.parametrize("top", [1, 50])
def test_a_line_break_in_a_name_tears_no_table(top):
    table = as_table([prediction("a\nb.wav", names=("flu\nte", "oboe"))], top)
    assert r"a\nb.wav" in table
    assert r"flu\nte" in table


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_table_for_a_screen_without_frames_has_plain_ones(encoding):
    screen = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    table = as_table([prediction("k\u00e4se \u5f26.wav")], 2, screen)
    table.encode(encoding)
    assert "k\u00e4se" in table or r"k\xe4se" in table
    assert r"\u5f26" in table
    assert "+" in table
