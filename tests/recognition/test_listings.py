"""Tables, CSV and JSON of files with many classes, without one, and with strange names."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from instrument_net.recognition.certainty import Certainty
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.listing import ListingWriter
from instrument_net.recognition.listings import LISTINGS
from instrument_net.recognition.table import as_table

NAMES = tuple(f"instrument number {k}" for k in range(60))


def prediction(path="a.wav", names=NAMES, **facts):
    values = torch.arange(len(names), 0, -1).float()
    return FilePrediction(Path(path), names, [0.0], [values / values.sum()], **facts)


def listed(form, results, top, *, with_sets=False):
    """Return the whole text, each result given by itself."""
    text = []
    listing = LISTINGS[form](len(results[0].class_names), top, with_sets=with_sets)
    writer = ListingWriter(listing, text.append)
    for result in results:
        writer.add(result)
    writer.end()
    return "".join(text)


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
    rows = list(csv.DictReader(listed("csv", failed_and_silent(), 2).splitlines()))
    assert [(row["path"], row["label"], row["label_2"], row["notes"]) for row in rows] == [
        ("a.wav", NAMES[0], NAMES[1], "clipped"),
        ("cut.wav", "", "", ""),
        ("zero.wav", "silent", "", "silent"),
    ]
    assert [row["probability_2"] != "" for row in rows] == [True, False, False]
    assert [row["error"] for row in rows] == ["", "cut.wav: truncated; copy it again", ""]
    good, failed, silent = json.loads(listed("json", failed_and_silent(), 2))
    assert (len(good["predictions"]), good["duration_s"], good["error"]) == (2, 1.25, None)
    assert (failed["predictions"], failed["error"]) == ([], "cut.wav: truncated; copy it again")
    assert (silent["predictions"], silent["notes"], silent["error"]) == ([], ["silent"], None)


@pytest.mark.parametrize("top", [1, 3, 1000])
def test_csv_has_as_many_columns_in_every_row_as_in_the_first(top):
    rows = list(csv.reader(listed("csv", failed_and_silent(), top).splitlines()))
    assert {len(row) for row in rows} == {3 + 2 * min(top, len(NAMES))}
    assert rows[0][:3] == ["path", "label", "probability"]
    assert rows[0][-2:] == ["notes", "error"]


@pytest.mark.parametrize("listing", LISTINGS)
def test_brackets_and_bytes_come_out_as_they_are(listing):
    path = "[bold]x[/b] $a$ caf\udce9.wav"
    text = listed(listing, [prediction(path, names=("[dry] flute", "[/b]"))], 2)
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


def of_three(unsure_below=0.4, coverage=0.9):
    """A flute with 50 %, before an oboe with 33 % and a harp with 17 %."""
    certainty = Certainty(1.0, {0.9: 0.3}, unsure_below, "")
    names = ("flute", "oboe", "harp")
    return prediction(names=names, certainty=certainty, coverage=coverage)


@pytest.mark.parametrize("top", [1, 2, 50])
def test_a_set_has_a_column_where_it_was_asked_for(top):
    table = as_table([of_three(), *failed_and_silent()[1:]], top)
    assert "set of 90%" in table
    assert "flute, oboe" in table
    assert "set of" not in as_table([of_three(coverage=None)], top)
    (row,) = csv.DictReader(listed("csv", [of_three()], top, with_sets=True).splitlines())
    assert (row["label"], row["set"]) == ("flute", "flute; oboe")
    assert "set" not in listed("csv", [of_three(coverage=None)], top).splitlines()[0]
    (answer,) = json.loads(listed("json", [of_three()], top))
    assert (answer["set"], answer["unsure"]) == (["flute", "oboe"], False)


def test_a_file_that_no_class_explains_is_unsure_and_says_what_it_is_most_like():
    unsure = of_three(unsure_below=0.6, coverage=None)
    assert "unsure: flute, the most probable, has 50%" in as_table([unsure], 1)
    (row,) = csv.DictReader(listed("csv", [unsure], 2).splitlines())
    assert (row["label"], row["probability"], row["label_2"]) == ("unsure", "", "oboe")
    (answer,) = json.loads(listed("json", [unsure], 1))
    assert answer["unsure"]
    assert answer["predictions"][0]["label"] == "flute"


def test_without_a_known_certainty_nothing_is_said_about_it():
    answer = json.loads(listed("json", [prediction()], 1))[0]
    assert not {"set", "unsure"} & answer.keys()


def test_json_is_one_list_and_json_lines_has_its_objects_a_line_each():
    results = failed_and_silent()
    whole = listed("json", results, 2)
    rows = json.loads(whole)
    assert whole == json.dumps(rows, indent=2) + "\n"
    assert [json.loads(line) for line in listed("jsonl", results, 2).splitlines()] == rows
    writer = ListingWriter(LISTINGS["json"](2, 3), (text := []).append)
    writer.end()
    assert json.loads("".join(text)) == []


def test_a_piece_is_written_once_it_is_full_and_the_rest_at_the_end():
    pieces = []
    listing = replace(LISTINGS["csv"](60, 1), at_once=2)
    writer = ListingWriter(listing, pieces.append)
    for k in range(5):
        writer.add(prediction(f"{k}.wav"))
        assert len(pieces) == 1 + (k + 1) // 2
    writer.end()
    assert [piece.count("\n") for piece in pieces] == [1, 2, 2, 1]


def test_what_goes_on_with_an_earlier_list_has_no_second_head():
    text = [listed("json", [prediction("a.wav")], 1).removesuffix("\n]\n")]
    writer = ListingWriter(LISTINGS["json"](60, 1), text.append, n_written=1)
    writer.add(prediction("b.wav"))
    writer.end()
    assert [row["path"] for row in json.loads("".join(text))] == ["a.wav", "b.wav"]
