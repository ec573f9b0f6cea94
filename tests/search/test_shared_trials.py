"""Trials that several processes share, one of which is killed."""

import os
import signal
import time
from pathlib import Path

import pytest
from conftest import FORK_SERVER
from hydra import initialize_config_dir
from test_trials import CrossValidationStub, outcomes, searching

from instrument_net.configuration import CONF_DIR
from instrument_net.runs import claims
from instrument_net.search import trials

N_TRIALS = 8  # as many as are drawn at random


class SlowCrossValidation(CrossValidationStub):
    n_processes = 1  # which have to begin before any runs a fold

    def run(self, fold):
        while len(list(Path().glob("began_*"))) < self.n_processes:
            time.sleep(0.01)
        with Path("log").open("a") as log:
            log.write(f"{self._rate} {fold} {os.getpid()}\n")
        time.sleep(0.02)
        return super().run(fold)


def count(search, over):
    (search.folder / "report.md").write_text(f"{len(over)} trials")


def search_in(cwd, n_processes):
    os.chdir(cwd)
    SlowCrossValidation.n_processes = n_processes
    claims.LOOKS_EVERY_S = 0.03
    trials.CrossValidation, trials.Search._write_report_of = SlowCrossValidation, count
    CrossValidationStub.log, CrossValidationStub.summarised = [], []
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        search = searching()
        Path(f"began_{os.getpid()}").touch()
        search.run_to(N_TRIALS)


@pytest.fixture
def start():
    processes = []

    def begin(n_processes):
        for _ in range(n_processes):
            process = FORK_SERVER.Process(target=search_in, args=(Path.cwd(), n_processes))
            process.start()
            processes.append(process)
        return processes

    yield begin
    for process in processes:
        process.kill()
        process.join()


def ended(*processes):
    for process in processes:
        process.join(500)
    return [process.exitcode for process in processes]


def found():
    """Return changes, state and value of every trial of the search in the working folder."""
    return sorted((o.changes, o.state, o.value, o.reason) for o in outcomes(searching()))


@pytest.fixture
def expected(tmp_path, monkeypatch):
    """What one process finds; the working folder is then that of two processes."""
    monkeypatch.setattr(trials, "CrossValidation", CrossValidationStub)
    monkeypatch.setattr(trials.Search, "_write_report_of", count)
    CrossValidationStub.log, CrossValidationStub.summarised = [], []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        monkeypatch.chdir(tmp_path / "one")
        searching().run_to(N_TRIALS)
        trials_of_one = found()
        monkeypatch.chdir(tmp_path / "two")
        yield trials_of_one


def log():
    path = Path("log")
    return [line.split() for line in path.read_text().splitlines()] if path.is_file() else []


def test_the_random_trials_of_two_processes_are_those_of_one(start, expected):
    assert len({tuple(changes) for changes, *_ in expected}) == len(expected) == N_TRIALS
    both = start(2)
    assert ended(*both) == [0, 0]
    assert found() == expected
    assert len(log()) == len(CrossValidationStub.log)  # no fold was run twice
    by_trial = {rate: {pid for r, _, pid in log() if r == rate} for rate, *_ in log()}
    assert all(len(pids) == 1 for pids in by_trial.values())
    assert set.union(*by_trial.values()) == {str(process.pid) for process in both}
    (page,) = Path("outputs").glob("*/search_*/report.md")
    assert page.read_text() == f"{N_TRIALS} trials"


def test_the_trial_of_a_killed_process_is_run_by_the_other(start, expected):
    both = start(2)
    while len({pid for *_, pid in log()}) < 2:
        time.sleep(0.01)
    *_, pid = log()[-1]
    os.kill(int(pid), signal.SIGKILL)
    (other,) = [process for process in both if process.pid != int(pid)]
    assert ended(other) == [0]
    assert found() == expected
