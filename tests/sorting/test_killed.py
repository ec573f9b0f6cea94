"""A sorting that is killed anywhere can be undone, and an undoing that is killed be repeated."""

import errno
import os
from pathlib import Path

import pytest
from messy_files import only, tree, write_messy

from instrument_net.sorting import steps
from instrument_net.sorting.record import UndoRecord
from instrument_net.sorting.sort import sort_files
from instrument_net.sorting.undo import undo_sorting

# Second names, or the copies that stand for them between two file systems.
every_way = pytest.mark.parametrize(
    ("by", "other_file_system"), [("copy", False), ("link", False), ("move", False), ("move", True)]
)


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: None)  # what is killed loses nothing without it


class Killed(BaseException):
    """No handler of the code sees it, and what was written so far stays."""


def end_at(monkeypatch, at, *, other_file_system, end):
    """Call ``end`` in place of the ``at``-th change to the disk, counted from 1."""
    calls = [0]

    def count():
        calls[0] += 1
        if calls[0] == at:
            end()

    def counted(function):
        def call(*arguments, **options):
            count()
            return function(*arguments, **options)

        return call

    def link(*_arguments, **_options):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    def copy_in_two_parts(read, written):
        written.write(read.read(50))
        written.flush()
        count()
        written.write(read.read())

    monkeypatch.setattr(os, "link", link if other_file_system else counted(os.link))
    monkeypatch.setattr(os, "utime", counted(os.utime))
    monkeypatch.setattr(UndoRecord, "note", counted(UndoRecord.note))
    monkeypatch.setattr(steps.shutil, "copyfileobj", copy_in_two_parts)
    for name in ("unlink", "rmdir", "mkdir", "symlink_to"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))


def killed():
    raise Killed


def undo(target):
    for undo_file in target.glob("undo_*.jsonl"):
        assert list(filter(None, undo_sorting(undo_file))) == []


@every_way
def test_a_sorting_that_is_killed_anywhere_can_be_undone(
    tmp_path, monkeypatch, by, other_file_system
):
    placings = write_messy(tmp_path / "library", 3)
    before, target = tree(tmp_path), tmp_path / "sorted"
    for at in range(1, 100):
        with monkeypatch.context() as patched:
            end_at(patched, at, other_file_system=other_file_system, end=killed)
            try:
                list(sort_files(placings, target, by=by))
                ended = True
            except Killed:
                ended = False
        undo(target)
        if target.exists():  # killed before the first step was written down
            assert at <= 4
            target.rmdir()
            os.utime(tmp_path, ns=(0, before[Path()][2]))
        assert tree(tmp_path) == before, at
        if ended:
            break
    assert at > 15


@every_way
def test_an_undoing_that_is_killed_anywhere_can_be_repeated(
    tmp_path, monkeypatch, by, other_file_system
):
    placings = write_messy(tmp_path / "library", 2)
    before, target = tree(tmp_path), tmp_path / "sorted"
    for at in range(1, 100):
        list(sort_files(placings, target, by=by))
        with monkeypatch.context() as patched:
            end_at(patched, at, other_file_system=other_file_system, end=killed)
            try:
                undo(target)
                ended = True
            except Killed:
                ended = False
        undo(target)
        if target.exists():  # killed when all was undone, and the undo file was removed
            target.rmdir()
        contents = {path: facts[:2] for path, facts in tree(tmp_path).items()}
        assert contents == {path: facts[:2] for path, facts in before.items()}, at
        if ended:
            break
    assert at > 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*use of fork")
def test_a_process_that_ends_at_once_half_way_through_200_files_leaves_what_undoes_it(
    tmp_path, monkeypatch
):
    placings = write_messy(tmp_path / "library", 200)
    before, target = tree(tmp_path), tmp_path / "sorted"
    end_at(monkeypatch, 400, other_file_system=True, end=lambda: os._exit(9))
    child = os.fork()
    if child == 0:
        try:
            list(sort_files(placings, target, by="move"))
        finally:
            os._exit(0)
    monkeypatch.undo()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert 50 < sum(not source.exists() for source, _ in placings) < 150
    undo(target)
    assert tree(tmp_path) == before


def test_a_line_that_was_cut_off_is_a_step_that_was_not_begun(tmp_path):
    placings = write_messy(tmp_path / "library", 2)
    before = tree(tmp_path)
    list(sort_files(placings, tmp_path / "sorted", by="copy"))
    with only(tmp_path / "sorted").open("a") as file:
        file.write('{"copy": "/etc/hos')
    undo(tmp_path / "sorted")
    assert tree(tmp_path) == before
