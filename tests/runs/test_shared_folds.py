"""Folds that several processes share, some of which are killed: the result is that of one."""

import os
import random
import signal
import time
from pathlib import Path

import pandas as pd
import pytest
import torch
from conftest import FORK_SERVER
from hydra import compose, initialize_config_dir

from instrument_net.configuration import CONF_DIR
from instrument_net.evaluation import Predictions, fold_metrics, pooled
from instrument_net.files import write_atomically
from instrument_net.run_folder import RunFolder
from instrument_net.runs import claims, cross_validation, fold_run
from instrument_net.runs.cross_validation import CrossValidation
from instrument_net.runs.resuming import ResumeError

FOLDS = ["attic", "barn", "cellar", "shed"]
ROUNDS = 2
ALL = "only=null"


def training(config, *, overrides, continuation):
    """Write what a run leaves, slowly, as its fold and seed alone determine it."""
    if config.resume_from is not None:
        raise ResumeError("no checkpoint of a network")
    folder, fold = RunFolder(Path(config.run_dir)), config.split.fold
    with (folder.path.parent / "log").open("a") as log:
        log.write(f"{fold} {os.getpid()}\n")
    assert not folder.last_checkpoint.is_file()  # of a run that was killed
    generator = torch.Generator().manual_seed(config.seed + FOLDS.index(fold))
    clips = pd.DataFrame({"path": [f"{fold}{n}" for n in range(6)], "label": list("ababab")})
    found = Predictions(clips, torch.rand(6, 2, generator=generator).softmax(dim=1), ("a", "b"))
    for path in (folder.splits, folder.last_checkpoint, folder.best_checkpoint):
        write_atomically(path, fold.encode())
        time.sleep(0.04)
    write_atomically(folder.predictions, found.table().to_csv().encode())
    time.sleep(0.04)
    write_atomically(folder.report_page, b"finished")


def summary(folder, parts, table, **_):
    """Write what the summary holds, slowly."""
    with (folder.path / "summaries").open("a") as log:
        log.write(f"{os.getpid()}\n")
    while Path("held").exists() and (folder.path / "summaries").read_text().count("\n") == 1:
        time.sleep(0.01)
    write_atomically(folder.folds, fold_metrics(parts).to_csv().encode())
    time.sleep(0.08)
    write_atomically(folder.predictions, pooled(list(parts.values())).table().to_csv().encode())
    time.sleep(0.08)
    write_atomically(folder.report_page, ", ".join(parts).encode())


def run_all(cwd, table, n_processes, *overrides):
    """Share folds with other processes, once all of them are there."""
    os.chdir(cwd)
    claims.LOOKS_EVERY_S = 0.03
    fold_run.train, cross_validation.summarise = training, summary
    with (cwd / f"screen_{os.getpid()}").open("w") as screen:
        os.dup2(screen.fileno(), 1)
    validation = of(table, *overrides)
    assert validation.folder.parent.parent == cwd / "outputs"
    Path(f"began_{os.getpid()}").touch()
    while len(list(Path().glob("began_*"))) < n_processes:
        time.sleep(0.01)
    validation.run_all()


def of(table, *overrides):
    everything = [
        "run_dir=x", "data=manifest", f"data.path={table}", "data.store_dir=${oc.env:STORE}",
        "split=leave_one_source_out", "frontend.features.n_fft=1024",
        "frontend.features.hop_length=512", "frontend.features.n_bins=83",
        "frontend.n_frames=56", "model=perceptron", *overrides,
    ]  # fmt: skip
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("cross_validate", everything)
    return CrossValidation(config, overrides=everything)


@pytest.fixture
def table(write_sources, tmp_path, monkeypatch):
    monkeypatch.setenv("STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    path = write_sources({fold: {"flute": 2, "harp": 2} for fold in FOLDS})
    assert of(path).folds == FOLDS  # decoded once, for all processes
    return path


@pytest.fixture
def start(table, tmp_path):
    processes = []

    def begin(name, *overrides):
        """Start a process with each of the overrides."""
        (tmp_path / name).mkdir(exist_ok=True)
        for override in overrides:
            process = FORK_SERVER.Process(
                target=_with_store, args=(tmp_path, name, table, len(overrides), override)
            )
            process.start()
            processes.append(process)
        return processes[-len(overrides) :]

    yield begin
    for process in processes:
        process.kill()
        process.join()


def _with_store(tmp_path, name, table, n_processes, override):
    os.environ["STORE"] = str(tmp_path / "store")
    run_all(tmp_path / name, table, n_processes, override)


@pytest.fixture
def expected(table, tmp_path, monkeypatch):
    """What one process leaves."""
    monkeypatch.setattr(fold_run, "train", training)
    monkeypatch.setattr(cross_validation, "summarise", summary)
    (tmp_path / "one").mkdir()
    monkeypatch.chdir(tmp_path / "one")
    of(table).run_all()
    found = result(tmp_path / "one")
    assert len(found) == 3 * len(FOLDS) + 3
    return found


def result(cwd):
    """Return the content of every file that a cross-validation leaves, without the logs."""
    (folder,) = (cwd / "outputs").glob("*/cross_validation_*")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name in {"predictions.csv", "folds.csv", "report.md", "best.ckpt"}
    }


def log(cwd, name):
    (path,) = (cwd / "outputs").glob(f"*/cross_validation_*/{name}")
    return [line.split() for line in path.read_text().splitlines()]


def ended(*processes):
    for process in processes:
        process.join(500)
    return [process.exitcode for process in processes]


def test_two_processes_equal_one_and_one_of_them_writes_the_summary(start, tmp_path, expected):
    both = start("two", ALL, ALL)
    assert ended(*both) == [0, 0]
    assert result(tmp_path / "two") == expected
    trained = log(tmp_path / "two", "log")
    assert sorted(fold for fold, _ in trained) == FOLDS
    assert {int(pid) for _, pid in trained} == {process.pid for process in both}
    ((writer,),) = log(tmp_path / "two", "summaries")
    (other,) = {str(process.pid) for process in both} - {writer}
    screen = (tmp_path / f"two/screen_{other}").read_text()
    assert "another process has written their summary" in screen


def test_whichever_process_is_killed_whenever_the_other_ends_with_the_whole_result(
    start, tmp_path, expected
):
    chance = random.Random(0)
    for number in range(ROUNDS):
        name = f"round_{number}"
        first, second = start(name, ALL, ALL)
        # From the first fold to the end of the summary.
        begun = tmp_path / name / "outputs"
        while not list(begun.glob("*/cross_validation_*/log")):
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.6))
        killed, other = chance.sample([first, second], 2)
        os.kill(killed.pid, signal.SIGKILL)
        assert ended(other) == [0]
        assert result(tmp_path / name) == expected


def test_a_summary_that_a_killed_process_began_is_written_by_the_other(start, tmp_path, expected):
    (tmp_path / "two").mkdir()
    (tmp_path / "two/held").touch()  # the first process that writes it stops in the middle
    both = start("two", ALL, ALL)
    while not (found := list((tmp_path / "two/outputs").glob("*/cross_validation_*/summaries"))):
        time.sleep(0.01)
    while not (writer := found[0].read_text()).endswith("\n"):
        time.sleep(0.01)
    os.kill(int(writer), signal.SIGKILL)
    (other,) = [process for process in both if process.pid != int(writer)]
    assert ended(other) == [0]
    assert result(tmp_path / "two") == expected
    assert log(tmp_path / "two", "summaries") == [[writer.strip()], [str(other.pid)]]


def test_a_summary_of_other_folds_is_not_taken_for_one_of_all(start, tmp_path):
    assert ended(*start("two", ALL, "only=[shed]")) == [0, 0]
    pages = [row[0] for row in log(tmp_path / "two", "summaries")]
    assert len(pages) == 2
    assert ended(*start("two", ALL)) == [0]  # as before: the same command again writes it anew
    (folder,) = (tmp_path / "two/outputs").glob("*/cross_validation_*")
    assert (folder / "report/report.md").read_text() == ", ".join(FOLDS)
    assert len(log(tmp_path / "two", "log")) == len(FOLDS)
