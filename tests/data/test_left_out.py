"""Everything that is not used is named: in a table, on screen and in reports."""

import os
import shutil

import pandas as pd
import pytest

from instrument_net.data import InstrumentDataModule, SplitError
from instrument_net.data.left_out import LeftOut
from instrument_net.files import PassedOver
from instrument_net.frontend import FrontEnd

FRONT_END = FrontEnd(n_frames=56, features={"n_fft": 512, "hop_length": 256, "n_bins": 83})


@pytest.fixture
def opened(two_pitches, tmp_path):
    def build():
        module = InstrumentDataModule.from_folder(
            two_pitches, front_end=FRONT_END, store_dir=tmp_path / "store"
        )
        module.setup()
        return module

    return build


def test_files_and_classes_that_cannot_be_used_are_named(opened, two_pitches):
    (two_pitches / "harp").mkdir()
    for k in range(2):
        (two_pitches / f"harp/{k}.wav").write_bytes(b"no sound")
    (two_pitches / "viola").mkdir()
    (two_pitches / "a/notes.txt").write_text("no audio")
    module = opened()
    assert module.class_names == ("a", "b")
    lines = module.left_out.lines()
    assert len(lines) == 5
    assert "harp/0.wav: cannot be decoded" in lines[0]
    assert lines[2:] == [
        "class harp: none of its 2 clips can be used",
        f"1 passed over, class without audio: {two_pitches}/viola",
        f"1 passed over, no audio: {two_pitches}/a/notes.txt",
    ]
    table = module.left_out.table()
    assert table["path"].tolist() == [
        f"{two_pitches}/{name}" for name in ("harp/0.wav", "harp/1.wav", "a/notes.txt", "viola")
    ]
    assert table["reason"].tolist()[2:] == [
        "passed over: no audio",
        "passed over: class without audio",
    ]
    assert module.describe().endswith(
        "12 clips of 2 classes, 2 left out (rejected.csv), among them all of harp (2); passed over "
        "beside them: class without audio (1), no audio (1)"
    )


def test_where_nothing_is_left_the_first_reasons_are_given(opened, two_pitches):
    for path in two_pitches.rglob("*.wav"):
        path.write_bytes(b"no sound")
    with pytest.raises(SplitError, match=r"no clip can be used: .*a/0.wav: cannot be decoded"):
        opened()


def test_a_single_class_that_is_left_is_not_trained(opened, two_pitches):
    for path in two_pitches.glob("b/*.wav"):
        path.write_bytes(b"no sound")
    with pytest.raises(SplitError, match=r"'a' is the only class with clips to train on"):
        opened()


def test_a_file_name_that_is_not_utf_8_is_left_out_and_named(opened, two_pitches):
    folder = os.fsencode(two_pitches)
    shutil.copy(folder + b"/a/0.wav", folder + b"/a/caf\xe9.wav")
    left_out = opened().left_out
    assert left_out.lines() == [
        f"1 passed over, name that is not UTF-8 (rename it): {two_pitches}/a/caf\\xe9.wav"
    ]
    assert b"caf\\xe9.wav" in left_out.table().to_csv().encode()


def test_the_table_of_a_complete_corpus_is_empty_and_has_its_columns(opened):
    table = opened().left_out.table()
    assert table.empty
    assert {"path", "label", "reason"} <= set(table.columns)
    beside = LeftOut(table, [PassedOver("/x/1.txt", "no audio")], {}).table()
    assert beside["path"].tolist() == ["/x/1.txt"]
    assert list(beside.columns) == list(table.columns)
    assert isinstance(beside, pd.DataFrame)
