"""Results go where they were sent, or the command says so before its work."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from instrument_net.errors import InputError
from instrument_net.recognition.places import (
    check_folders,
    check_places,
    print_result,
    write_result,
)


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
    write_result(place, "käse \udce9")
    assert place.read_bytes() == "käse \\udce9".encode()
    assert list(place.parent.iterdir()) == [place]


def test_nothing_is_left_of_what_could_not_be_written(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"x\.csv: cannot be written: No space left on device"):
        write_result(tmp_path / "x.csv", "text")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no pipes with names")
def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    check_places([pipe], spared=[])
    write_result(pipe, "text")
    assert os.read(reader, 100) == b"text"
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [("ascii", rb"k\xe4se \u5f26"), ("cp1252", b"k\xe4se \\u5f26"), ("utf-8", "käse 弦".encode())],
)
def test_characters_that_a_screen_does_not_have_are_spelled_out(monkeypatch, encoding, printed):
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding=encoding))
    print_result("käse 弦")
    assert screen.getvalue() == printed


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
