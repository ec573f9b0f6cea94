"""Results that grow: a run that is killed anywhere is resumed, and ends as one that was not."""

import json
import os
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from instrument_net.errors import InputError
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.growing_file import GrowingFile
from instrument_net.recognition.journal import Journal
from instrument_net.recognition.listings import LISTINGS
from instrument_net.recognition.prediction_run import not_done
from instrument_net.recognition.result_files import ResultFiles, Written
from instrument_net.recognition.timelines import timeline_listing

NAMES = ("flute", "käse")
FACTS = {"--top": 2, "--coverage": None}
FILES = [Path(f"{k}.wav") for k in range(4)]


def predicted(path):
    """A file of two windows; the second one cannot be read, the third is called by other bytes."""
    k = int(path.stem)
    if k == 1:
        return FilePrediction(path, NAMES, error=f"{path}: truncated")
    path = Path("caf\udce9.wav") if k == 2 else path
    windows = [torch.tensor([0.75, 0.25]), torch.tensor([0.25 + k / 10, 0.75 - k / 10])]
    return FilePrediction(path, NAMES, [0.0, 1.0], windows, duration_s=2.0, window_s=1.5)


def opened(folder, form="csv", *, resume=False, facts=FACTS):
    written = [
        Written(folder / f"out.{form}", LISTINGS[form](2, 2)),
        Written(folder / "windows.csv", timeline_listing(Path("windows.csv"), NAMES)),
    ]
    return ResultFiles(written, facts, resume=resume)


def run(folder, form="csv", *, resume=False, files=FILES):
    """Do what is left to do, as predict does."""
    results = opened(folder, form, resume=resume)
    try:
        done = [entry.answer.path for entry in results.earlier()]
        known = {predicted(path).path: path for path in files}
        if not results.is_complete:
            for path in not_done(files, [known[path] for path in done]):
                results.add(predicted(path), drawn=False)
            results.complete()
    finally:
        results.close()
    return len(done)


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture
def undisturbed(tmp_path):
    def of(form):
        run(tmp_path / "undisturbed", form)
        return contents(tmp_path / "undisturbed")

    return of


def killed_at(at, folder, form, *, resume):
    """Run in a process that is killed in the middle of its ``at``-th write; return its status."""
    calls = [0]

    def half(write):
        def call(self, value):
            calls[0] += 1
            if calls[0] == at:
                file = self._file
                file.write(b'["half a l' if isinstance(self, Journal) else value.encode()[:5])
                os._exit(9)
            return write(self, value)

        return call

    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        GrowingFile.append = half(GrowingFile.append)
        Journal._write = half(Journal._write)
        run(folder, form, resume=resume)
    finally:
        os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*use of fork")
@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_run_that_is_killed_in_any_write_is_resumed_and_ends_as_one_that_was_not(
    tmp_path, undisturbed, form
):
    expected = undisturbed(form)
    for at in range(1, 30):
        folder = tmp_path / f"{at}"
        folder.mkdir()
        status = killed_at(at, folder, form, resume=False)
        if status == 0:
            break
        assert status == 9
        assert not (folder / f"out.{form}").exists()
        killed_at(2, folder, form, resume=True)  # and once more, soon
        n_done = run(folder, form, resume=True)
        found = contents(folder)
        journal = found.pop(f"out.{form}.journal")  # it was asked for --resume
        assert journal.endswith('"complete"\n')
        assert found == expected, at
    assert 10 < at < 29
    assert n_done == len(FILES)


def test_what_is_not_whole_has_another_name_and_grows_file_by_file(tmp_path):
    (tmp_path / "out.csv").write_text("older results")
    results = opened(tmp_path)
    for k, path in enumerate(FILES[:3], start=1):
        results.add(predicted(path), drawn=False)
        assert (tmp_path / "out.csv.part").read_text().count("\n") == 1 + k
    assert "windows.csv.part" in contents(tmp_path)
    assert (tmp_path / "out.csv").read_text() == "older results"
    assert results.left_behind() == (
        f"3 files are in {tmp_path}/out.csv.part; the same command with --resume goes on"
    )
    results.close()
    assert sorted(contents(tmp_path)) == [
        "out.csv", "out.csv.journal", "out.csv.part", "windows.csv.part",
    ]  # fmt: skip


def test_a_run_that_ends_without_a_result_leaves_nothing(tmp_path):
    results = opened(tmp_path)
    assert results.left_behind() is None
    results.close()
    assert contents(tmp_path) == {}


def begun(folder):
    results = opened(folder)
    results.add(predicted(FILES[0]), drawn=True)
    results.close()


def test_an_unfinished_run_is_not_written_over(tmp_path):
    begun(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=r"journal: 1 files of a run that did not end are done; a"):
        opened(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {**FACTS, "--top": 3},
            "began with --top 2, now it is 3; resume them with what they began",
        ),
        ({**FACTS, "--coverage": 0.9}, "began with --coverage none, now it is 0.9"),
    ],
)
def test_results_of_other_options_are_not_resumed(tmp_path, facts, reason):
    begun(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(InputError, match=reason):
        opened(tmp_path, resume=True, facts=facts)
    assert contents(tmp_path) == before
    run(tmp_path, resume=True)
    with pytest.raises(InputError, match=reason):  # nor taken for these, once they are complete
        opened(tmp_path, resume=True, facts=facts)


def test_results_whose_origin_is_not_known_are_not_resumed(tmp_path):
    (tmp_path / "out.csv").write_text("path,label\n")
    with pytest.raises(InputError, match=r"out\.csv: exists, and has no journal"):
        opened(tmp_path, resume=True)
    (tmp_path / "out.csv.journal").write_text("{}\n")
    with pytest.raises(InputError, match=r"journal: no journal of predict; name another --out"):
        opened(tmp_path, resume=True)
    with pytest.raises(InputError, match=r"^--resume needs --out with a file of the kind \.csv"):
        opened(tmp_path, "table", resume=True)


def test_what_is_complete_stays_so_and_what_is_gone_is_named(tmp_path):
    assert run(tmp_path, resume=True) == 0
    before = contents(tmp_path)
    results = opened(tmp_path, resume=True)
    assert results.is_complete
    assert [entry.answer.label for entry in results.earlier()][:2] == ["flute", None]
    results.close()
    assert contents(tmp_path) == before
    (tmp_path / "out.csv").rename(tmp_path / "out.csv.part")  # killed between two names
    opened(tmp_path, resume=True).close()
    assert contents(tmp_path) == before
    (tmp_path / "windows.csv").unlink()
    with pytest.raises(InputError, match=r"windows\.csv: was complete, and is gone; remove"):
        opened(tmp_path, resume=True)
    assert run(tmp_path) == 0  # without --resume, all is done anew
    assert sorted(contents(tmp_path)) == ["out.csv", "windows.csv"]


def test_two_processes_do_not_write_one_file(tmp_path):
    writes = pytest.raises(InputError, match=r"out\.csv: another process is writing it; wait for")
    with FileLock(tmp_path / "out.csv.lock"), writes:
        opened(tmp_path)
    writes = pytest.raises(InputError, match=r"windows\.csv: another process is writing it; wait")
    with FileLock(tmp_path / "windows.csv.lock"), writes:
        opened(tmp_path)
    run(tmp_path)
    assert sorted(contents(tmp_path)) == ["out.csv", "windows.csv"]


def test_rows_that_the_disk_lost_are_made_again(tmp_path, undisturbed):
    expected = undisturbed("csv")
    results = opened(tmp_path / "x")
    for path in FILES[:3]:
        results.add(predicted(path), drawn=False)
    results.close()
    part = tmp_path / "x" / "windows.csv.part"
    os.truncate(part, part.stat().st_size - 10)
    assert run(tmp_path / "x", resume=True) == 2
    found = contents(tmp_path / "x")
    journal = [json.loads(line) for line in found.pop("out.csv.journal").splitlines()]
    assert [entry[0] for entry in journal[1:-1]] == ["0.wav", "1.wav", "caf\udce9.wav", "3.wav"]
    assert found == expected


@pytest.mark.skipif(os.name == "nt", reason="no pipes with names")
def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    os.mkfifo(tmp_path / "out.csv")
    reader = os.open(tmp_path / "out.csv", os.O_RDONLY | os.O_NONBLOCK)
    written = [Written(tmp_path / "out.csv", LISTINGS["csv"](2, 1))]
    results = ResultFiles(written, FACTS, resume=False)
    results.add(predicted(FILES[0]), drawn=False)
    assert results.left_behind() is None
    results.complete()
    results.close()
    assert os.read(reader, 1_000).decode().count("\n") == 2
    os.close(reader)
    assert (tmp_path / "out.csv").is_fifo()


def test_what_is_left_is_what_was_not_done_also_after_the_folder_changed():
    a, b, c, d = (Path(name) for name in "abcd")
    assert not_done([a, b, c], []) == [a, b, c]
    assert not_done([a, b, c], [a, b]) == [c]
    assert not_done([a, b, c, d], [a, c]) == [b, d]  # b came later
    assert not_done([a, d], [a, b, c]) == [d]  # b and c are gone
    assert not_done([a, a, b], [a]) == [a, b]
    assert not_done([b, a, a], [a, a]) == [b]
