"""Results go where they were sent, or the command says so before its work."""

import os

import pytest

from instrument_net.errors import InputError
from instrument_net.recognition.places import check_folders, check_places


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("folder", "is a folder"),
        ("file/x.csv", "cannot be written: Not a directory"),
        ("file/y/x.csv", "cannot be written: Not a directory"),
        ("n" * 255 + ".csv", "cannot be written: File name too long"),
        ("read.wav", "is read and would be overwritten"),
        ("folder/../read.wav", "is read and would be overwritten"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, place, reason):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "read.wav").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=reason):
        check_places([None, tmp_path / place], spared=[tmp_path / "read.wav"])
    assert sorted(tmp_path.rglob("*")) == before


def test_two_results_are_two_files(tmp_path):
    with pytest.raises(InputError, match="two results cannot be one file"):
        check_places([tmp_path / "x.csv", tmp_path / "." / "x.csv"], spared=[])


def test_what_can_be_written_is_and_a_check_leaves_nothing(tmp_path):
    place = tmp_path / "new" / "deep" / "x.csv"
    check_places([place], spared=[tmp_path / "a.wav"])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_or_written_into_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    before = tmp_path.stat().st_mtime_ns
    check_folders([None, tmp_path, tmp_path / "new" / "folder"])
    with pytest.raises(InputError, match=r"file: is no folder; name another one$"):
        check_folders([tmp_path / "file"])
    with pytest.raises(InputError, match=r"x: cannot be written: Not a directory; name another"):
        check_folders([tmp_path / "file" / "x"])
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match=r"new: cannot be written: Permission denied"):
        check_folders([tmp_path / "new"])
    assert tmp_path.stat().st_mtime_ns == before
