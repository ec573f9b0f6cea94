"""Files sorted into folders, and undone: nothing is overwritten, nothing is lost."""

import errno
import json
import os

import pytest
from messy_files import only, tree, write_messy

from instrument_net.errors import InputError
from instrument_net.sorting import steps
from instrument_net.sorting.sort import planned, sort_files
from instrument_net.sorting.undo import undo_sorting

every_way = pytest.mark.parametrize("by", ["copy", "link", "move"])


@pytest.fixture(autouse=True)
def synced(monkeypatch):
    """Files that were brought onto the disk, which would take seconds."""
    names = []
    monkeypatch.setattr(os, "fsync", lambda file: names.append(file))
    return names


@pytest.fixture
def other_file_system(monkeypatch):
    """Second names are refused, as between two file systems."""

    def refused(*_arguments, **_options):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", refused)


def undo(folder):
    return [reason for reason in undo_sorting(only(folder)) if reason is not None]


@every_way
@pytest.mark.parametrize(("inside", "n_files"), [(True, 200), (False, 24)])
def test_200_messy_files_sorted_and_undone_leave_the_tree_as_it_was(tmp_path, by, inside, n_files):
    library = tmp_path / "library"
    placings = write_messy(library, n_files)
    target = library / "b" / "sorted" if inside else tmp_path / "new" / "sorted"
    before = tree(tmp_path)
    planned_places = list(planned(placings, target))
    assert tree(tmp_path) == before
    placed = list(sort_files(placings, target, by=by))
    assert [(one.source, one.target) for one in placed] == planned_places
    assert len({one.target for one in placed}) == n_files
    for (source, label), one in zip(placings, placed, strict=True):
        content, _, mtime_ns = before[source.relative_to(tmp_path)]
        assert one.target.parent == target / label
        assert one.target.suffix == source.suffix
        assert one.target.read_bytes() == content
        assert one.target.stat().st_mtime_ns == mtime_ns
        assert source.exists() == (by != "move")
    assert undo(target) == []
    assert tree(tmp_path) == before


@every_way
def test_a_second_sorting_overwrites_nothing_and_is_undone_alone(tmp_path, by):
    first, second = write_messy(tmp_path / "one", 12), write_messy(tmp_path / "two", 12, seed=1)
    target = tmp_path / "sorted"
    list(sort_files(first, target, by=by))
    first_undo = only(target)
    before = tree(tmp_path)
    placed = list(sort_files(second, target, by=by))
    assert all(one.error is None for one in placed)
    changed = {path for path, facts in tree(tmp_path).items() if path in before
               and facts[0] != before[path][0]}  # fmt: skip
    assert not changed
    (second_undo,) = set(target.glob("undo_*")) - {first_undo}
    assert list(filter(None, undo_sorting(second_undo))) == []
    assert tree(tmp_path) == before


def test_every_step_is_on_the_disk_before_it_is_taken(tmp_path, monkeypatch, synced):
    placings = write_messy(tmp_path / "library", 3)

    def copy(source, target):
        lines = only(tmp_path / "sorted").read_text().splitlines()
        assert len(synced) == len(lines)
        assert json.loads(lines[-1])["to"] == str(target)
        steps.copy(source, target)

    monkeypatch.setitem(steps.STEPS, "copy", copy)
    assert all(one.target for one in sort_files(placings, tmp_path / "sorted", by="copy"))


def test_a_move_to_another_file_system_keeps_content_and_times(tmp_path, other_file_system):
    placings = write_messy(tmp_path / "library", 24)
    before = tree(tmp_path)
    assert all(one.target for one in sort_files(placings, tmp_path / "sorted", by="move"))
    assert not any(source.exists() for source, _ in placings)
    assert undo(tmp_path / "sorted") == []
    assert tree(tmp_path) == before


@every_way
def test_what_was_changed_after_sorting_is_not_lost(tmp_path, by):
    (source,) = [path for path, _ in write_messy(tmp_path / "library", 1)]
    (placed,) = sort_files([(source, "flute")], tmp_path / "sorted", by=by)
    source.parent.mkdir(exist_ok=True)
    source.unlink(missing_ok=True)
    source.write_bytes(b"new")
    placed.target.unlink()
    placed.target.write_bytes(b"edited")
    (reason,) = undo(tmp_path / "sorted")
    assert reason.startswith(f"{placed.target}: kept: ")
    assert (source.read_bytes(), placed.target.read_bytes()) == (b"new", b"edited")
    placed.target.unlink()
    assert undo(tmp_path / "sorted") == []
    assert not (tmp_path / "sorted").exists()


def test_the_only_copy_that_is_left_is_kept(tmp_path):
    (source,) = [path for path, _ in write_messy(tmp_path / "library", 1)]
    (placed,) = sort_files([(source, "flute")], tmp_path / "sorted", by="copy")
    source.unlink()
    (reason,) = undo(tmp_path / "sorted")
    assert reason == f"{placed.target}: kept: its original, {source}, is gone"
    assert placed.target.exists()


def test_a_moved_file_that_was_edited_comes_back_edited_also_where_its_folder_is_gone(tmp_path):
    (source,) = [path for path, _ in write_messy(tmp_path / "library", 1)]
    (placed,) = sort_files([(source, "flute")], tmp_path / "sorted", by="move")
    placed.target.chmod(0o644)
    placed.target.write_bytes(b"edited")
    source.parent.rmdir()
    assert undo(tmp_path / "sorted") == []
    assert source.read_bytes() == b"edited"


@pytest.mark.parametrize("by", ["copy", "move"])
def test_where_no_space_is_left_sorting_stops_and_names_what_undoes_it(
    tmp_path, by, monkeypatch, other_file_system
):
    placings = write_messy(tmp_path / "library", 5)
    before = tree(tmp_path)
    copyfileobj, copied = steps.shutil.copyfileobj, []

    def full_at_the_third(read, written):
        copied.append(written.name)
        if len(copied) == 3:
            written.write(read.read(1))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        copyfileobj(read, written)

    monkeypatch.setattr(steps.shutil, "copyfileobj", full_at_the_third)
    target = tmp_path / "sorted"
    with pytest.raises(InputError) as caught:
        list(sort_files(placings, target, by=by))
    undo_file = only(target)
    assert str(caught.value) == (
        f"{target}: No space left on device, after 2 of 5 files; undo file: {undo_file}"
    )
    assert not os.path.lexists(copied[2])
    assert placings[2][0].exists()
    assert undo(target) == []
    assert tree(tmp_path) == before


def test_a_file_that_cannot_be_sorted_stops_no_other(tmp_path):
    placings = write_messy(tmp_path / "library", 3)
    placings.insert(1, (tmp_path / "gone.wav", "flute"))
    placed = list(sort_files(placings, tmp_path / "sorted", by="copy"))
    assert [one.target is None for one in placed] == [False, True, False, False]
    assert placed[1].error == f"{tmp_path}/gone.wav: not sorted: No such file or directory"
    assert undo(tmp_path / "sorted") == []


def test_a_name_that_another_program_takes_meanwhile_is_left_to_it(tmp_path, monkeypatch):
    ((source, _),) = write_messy(tmp_path / "library", 1)
    target = tmp_path / "sorted"

    def quicker(read, write):
        if not write.exists() and "(" not in write.name:
            write.write_bytes(b"")  # the beginning of any file
        steps.copy(read, write)

    monkeypatch.setitem(steps.STEPS, "copy", quicker)
    (placed,) = sort_files([(source, "flute")], target, by="copy")
    assert placed.target == target / "flute" / "a4 (2).wav"
    assert undo(target) == []
    assert (target / "flute" / "a4.wav").read_bytes() == b""


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path):
    placings = write_messy(tmp_path / "library", 1)
    (tmp_path / "sorted").mkdir()
    (tmp_path / "sorted" / placings[0][1]).touch()
    with pytest.raises(InputError, match="is no folder, and files would be sorted into it"):
        list(sort_files(placings, tmp_path / "sorted", by="copy"))


@pytest.mark.parametrize("content", ["{}", "{}\n", "[1]\n", '{"kind": "other"}\n', "no JSON\n"])
def test_another_file_is_no_undo_file(tmp_path, content):
    path = tmp_path / "notes.jsonl"
    path.write_text(content)
    with pytest.raises(InputError, match=r"notes\.jsonl: no undo file; name the undo_"):
        list(undo_sorting(path))
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read: No such file"):
        list(undo_sorting(tmp_path / "none.jsonl"))
    assert path.read_text() == content
