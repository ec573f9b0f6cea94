"""What plays when in a file: the table of windows, and the stretches that labels name."""

import csv
from pathlib import Path

import pytest
import torch

from instrument_net.errors import InputError
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.stretches import Stretch, edges_s, stretches
from instrument_net.recognition.timelines import check_timeline, timeline_listing

NAMES = ("flute", "harp\tor oboe")
FLUTE, HARP = [0.75, 0.25], [0.25, 0.75]


def long_file(windows, *, silent_s=(), duration_s=9.5):
    """Return a file of windows of 4 s that begin every 2 s, ``None`` where nothing sounds."""
    starts = [2.0 * k for k in range(len(windows)) if 2.0 * k not in silent_s]
    sounding = [torch.tensor(window) for window in windows if window is not None]
    return FilePrediction(
        Path("a.wav"), NAMES, starts, sounding,
        silent_s=list(silent_s), duration_s=duration_s, window_s=4.0,
    )  # fmt: skip


def test_each_moment_belongs_to_the_window_whose_middle_is_nearest():
    result = long_file([FLUTE, FLUTE, HARP, HARP])
    assert edges_s(result) == [0, 3, 5, 7, 9.5]
    assert edges_s(long_file([FLUTE], duration_s=None)) == [0, 4]


def test_neighbouring_windows_of_one_name_are_one_stretch():
    result = long_file([FLUTE, [0.875, 0.125], HARP, None], silent_s=(6.0,))
    mean = (3 * 0.75 + 2 * 0.875) / 5  # 0 to 3 s, 3 to 5 s
    assert stretches(result) == [
        Stretch(0, 5, "flute", pytest.approx(mean)),
        Stretch(5, 7, NAMES[1], 0.75),
        Stretch(7, 9.5, "silent", None),
    ]


def test_a_file_that_could_not_be_read_has_no_stretches():
    failed = FilePrediction(Path("a.wav"), NAMES, error="a.wav: no such file")
    assert stretches(failed) == []
    assert timeline_listing(Path("a.txt"), NAMES).text([failed]) == ""


def test_labels_are_times_and_a_name_between_tabs():
    listing = timeline_listing(Path("a.TXT"), NAMES)
    text = listing.head + listing.text([long_file([FLUTE, FLUTE, HARP, HARP])])
    assert text == "0.000000\t5.000000\tflute\n5.000000\t9.500000\tharp\\tor oboe\n"


def test_labels_of_two_files_are_refused():
    check_timeline(Path("a.txt"), 1)
    check_timeline(Path("a.csv"), 2)
    with pytest.raises(InputError, match=r"^a\.txt: labels are those of one file, and there are 2"):
        check_timeline(Path("a.txt"), 2)


def test_the_table_has_a_row_a_window_with_its_end_also_where_nothing_sounds():
    silent = FilePrediction(Path("zero.wav"), NAMES, silent_s=[0.0], duration_s=1.0, window_s=4.0)
    failed = FilePrediction(Path("cut.wav"), NAMES, error="cut.wav: truncated")
    result = long_file([FLUTE, None, HARP], silent_s=(2.0,), duration_s=7.0)
    listing = timeline_listing(Path("a.csv"), NAMES)
    text = listing.head + listing.text([result, failed]) + listing.text([silent])
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["path"], row["start_s"], row["end_s"], row["label"]) for row in rows] == [
        ("a.wav", "0.000", "4.000", "flute"),
        ("a.wav", "2.000", "6.000", "silent"),
        ("a.wav", "4.000", "7.000", NAMES[1]),
        ("zero.wav", "0.000", "1.000", "silent"),
    ]
    assert (rows[0]["p(flute)"], rows[1]["p(flute)"]) == ("0.750000", "")
