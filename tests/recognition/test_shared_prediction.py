"""Several processes predict the files of one list, one of them is killed, and nothing is wrong."""

import csv
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from conftest import FORK_SERVER
from small_recogniser import save_checkpoint, small_recogniser, write_noise

from instrument_net.predict import main

N_FILES = 60


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Short and long files, one of them no audio, and a checkpoint."""
    folder = tmp_path_factory.mktemp("shared")
    save_checkpoint(small_recogniser(), folder / "best.ckpt")
    for k in range(N_FILES):
        write_noise(folder / "in" / f"{k % 3}" / f"{k}.wav", 1.5 if k % 7 == 0 else 0.1, seed=k)
    (folder / "in" / "1" / "text.wav").write_text("no audio")
    return folder


def rows(*paths):
    return [row for path in paths for row in csv.DictReader(path.read_text().splitlines())]


def assert_same(found, expected):
    """Batches of other files may change the last of six decimals."""
    by_path = {row["path"]: row for row in expected}
    assert sorted(row["path"] for row in found) == sorted(by_path)
    for row in found:
        other = by_path[row["path"]]
        for column, value in row.items():
            if value and (column.startswith("p")) and column != "path":
                assert float(value) == pytest.approx(float(other[column]), abs=3e-6)
            else:
                assert value == other[column]


@pytest.fixture(scope="module")
def whole(library):
    """The results of one process: a row a file, and a row a window."""
    places = [library / "whole.csv", library / "whole_windows.csv"]
    arguments = [f"--out={places[0]}", f"--timeline={places[1]}"]
    assert main([f"{library}/best.ckpt", f"{library}/in", *arguments]) == 3
    return [rows(place) for place in places]


def arguments_of(library, folder, shard, *more):
    out, windows = folder / f"{shard}.csv", folder / f"{shard}_windows.csv"
    return [f"{library}/best.ckpt", f"{library}/in", f"--shard={shard}/2", f"--out={out}",
            f"--timeline={windows}", *more]  # fmt: skip


def test_two_processes_equal_one(library, whole, tmp_path):
    for shard in (1, 2):
        assert main(arguments_of(library, tmp_path, shard)) in (0, 3)
    first, second = rows(tmp_path / "1.csv"), rows(tmp_path / "2.csv")
    assert min(len(first), len(second)) > N_FILES / 4
    assert_same([*first, *second], whole[0])
    order = [row["path"] for row in whole[0]]
    for part in (first, second):
        assert [order.index(row["path"]) for row in part] == sorted(
            order.index(row["path"]) for row in part
        )


def predict_there(arguments, screen):
    for stream in (1, 2):
        os.dup2(os.open(screen, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    sys.exit(main(arguments))


def start(library, folder, shard):
    arguments = arguments_of(library, folder, shard, "--resume", "--batch-size=1")
    process = FORK_SERVER.Process(target=predict_there, args=(arguments, folder / "screen.txt"))
    process.start()
    return process


def n_lines(path):
    return path.read_text().count("\n") if path.exists() else 0


def test_one_of_two_processes_is_killed_at_random_and_resumed(library, whole, tmp_path):
    moments = random.Random(0)
    other, n_kills = start(library, tmp_path, 2), 0
    for _ in range(2):
        process = start(library, tmp_path, 1)
        part = tmp_path / "1.csv.part"
        wanted = n_lines(part) + moments.randint(2, 8)
        while process.is_alive() and n_lines(part) < wanted:
            time.sleep(0.001)
        process.kill()
        process.join()
        if process.exitcode == -signal.SIGKILL:
            n_kills += 1
            assert not (tmp_path / "1.csv").exists()
    assert n_kills > 0, (tmp_path / "screen.txt").read_text()
    last = start(library, tmp_path, 1)
    statuses = []
    for process in (last, other):
        process.join(300)
        statuses.append(process.exitcode)
    assert sorted(statuses) == [0, 3], (tmp_path / "screen.txt").read_text()
    assert_same(rows(tmp_path / "1.csv", tmp_path / "2.csv"), whole[0])
    windows = rows(tmp_path / "1_windows.csv", tmp_path / "2_windows.csv")
    assert len(windows) == len(whole[1])
    by_file = [
        [row for row in each if row["path"] == windows[0]["path"]] for each in (windows, whole[1])
    ]
    assert [r["start_s"] for r in by_file[0]] == [r["start_s"] for r in by_file[1]]
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".part", ".lock")]


def test_more_shares_than_files_leave_some_with_a_head_alone(library, tmp_path):
    files = [str(Path(library) / "in" / "0" / name) for name in ("0.wav", "3.wav")]
    for k in range(1, 6):
        out = tmp_path / f"{k}.csv"
        command = [f"{library}/best.ckpt", *files, f"--shard={k}/5", "--out", str(out)]
        assert main(command) == 0
        assert n_lines(out) >= 1
    found = rows(*(tmp_path / f"{k}.csv" for k in range(1, 6)))
    assert sorted(row["path"] for row in found) == files
    assert main(command) == 2  # a share is not written over


def test_a_finished_run_is_not_done_again(library, tmp_path, capsys, monkeypatch):
    command = arguments_of(library, tmp_path, 1, "--resume")
    status = main(command)
    before = (tmp_path / "1.csv").read_text()
    monkeypatch.setattr(
        "instrument_net.recognition.prediction_run.classify", lambda *_a, **_k: pytest.fail("work")
    )
    monkeypatch.setattr("instrument_net.predict.classify", lambda *_a, **_k: pytest.fail("work"))
    assert main(command) == status
    assert (tmp_path / "1.csv").read_text() == before
    capsys.readouterr()
    assert main([*command, "--top=1"]) == 2
    assert "these results began with --top 3, now it is 1" in capsys.readouterr().err
