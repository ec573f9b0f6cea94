"""Processes that train together: the network of one process, and one end for all."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from conftest import run_module

from instrument_net.errors import PROCESS_LOST, TERMINATED, InputError
from instrument_net.run_folder import RunFolder, read_curves
from instrument_net.runs.together import Together

pytestmark = pytest.mark.slow

SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=80", "trainer.accelerator=cpu",
         "data.individuals_per_class=3", "data.clips_per_individual=2",
         "data.classes=[sine,noise,bell]"]  # fmt: skip
# Batches of 5 and 1 clips, of which a second process has 2 and none; 6 validation clips, of which
# four processes have 2, 2, 1 and 1. All callbacks, and all that a batch's loss may weigh.
LEARNING = ["data.batch_size=5", "trainer.max_epochs=6", "optimizer.lr=3e-4", "callbacks=averaged",
            "callbacks.early_stopping.patience=500", "loss.class_weights=balanced",
            "data.sampling=class_balanced"]  # fmt: skip


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def by_torchrun(world_size, per_node):
    """Yield what torchrun sets for each process."""
    port = free_port()
    for rank in range(world_size):
        node, local = divmod(rank, per_node)
        yield {
            "RANK": rank, "LOCAL_RANK": local, "WORLD_SIZE": world_size,
            "LOCAL_WORLD_SIZE": per_node, "GROUP_RANK": node,
            "GROUP_WORLD_SIZE": world_size // per_node, "TORCHELASTIC_RUN_ID": "test",
            "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
        }  # fmt: skip


def by_srun(world_size, per_node):
    """Yield what srun sets for each process, on nodes that are all this machine."""
    port = free_port()
    for rank in range(world_size):
        node, local = divmod(rank, per_node)
        yield {
            "SLURM_PROCID": rank, "SLURM_LOCALID": local, "SLURM_NODEID": node,
            "SLURM_NTASKS": world_size, "SLURM_NTASKS_PER_NODE": per_node,
            "SLURM_NNODES": world_size // per_node, "SLURM_JOB_ID": 17, "SLURM_JOB_NAME": "net",
            "SLURM_NODELIST": "127.0.0.1", "MASTER_PORT": port,
        }  # fmt: skip


def run_all(environments, *arguments, cwd, started=None):
    """Run ``train`` once in each environment, at the same time; return the finished processes."""

    def run(environment):
        return run_module("train", *arguments, cwd=cwd, environment=environment, started=started)

    environments = list(environments)
    with ThreadPoolExecutor(len(environments)) as pool:
        return [*pool.map(run, environments)]


def wait_for(path, process=None):
    deadline = time.monotonic() + 500
    while not path.is_file():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.02)


def weights(run, name="last"):
    path = run.checkpoints / f"{name}.ckpt"
    return torch.load(path, weights_only=True)["state_dict"]


def assert_nearly_equal(one, other):
    for name in ("best", "last"):
        a, b = (weights(run, name) for run in (one, other))
        assert a.keys() == b.keys()
        for key in a:
            torch.testing.assert_close(a[key], b[key], rtol=0, atol=1e-5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a run of one process, in ``one``."""
    folder = tmp_path_factory.mktemp("together")
    done = run_module("train", *SMALL, *LEARNING, "hydra.run.dir=one", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_two_nodes_train_what_one_process_does(folder):
    ended = run_all(by_torchrun(2, 1), "trainer=ddp", *SMALL, *LEARNING, "name=nodes", cwd=folder)
    assert [done.returncode for done in ended] == [0, 0], ended[0].stderr + ended[1].stderr
    (run,) = (folder / "outputs/nodes").iterdir()  # named after the time, once
    assert_nearly_equal(RunFolder(folder / "one"), RunFolder(run))
    one, two = (
        read_curves(path).drop(columns="train/clips_per_s") for path in (folder / "one", run)
    )
    pd.testing.assert_frame_equal(one, two, rtol=1e-5, atol=1e-6)
    assert "Look at it next" in ended[0].stdout
    assert ended[1].stdout == ended[1].stderr == ""
    page = (run / "report/report.md").read_text()
    assert "- **Processes:** 2, which share each batch" in page
    tested = pd.read_csv(run / "report/predictions.csv")
    assert len(tested) == tested["path"].nunique() == 6
    assert {path.name for path in folder.iterdir()} == {"one", "outputs"}


def test_a_job_that_slurm_ends_continues_when_it_is_queued_again(folder):
    """Two nodes of two processes each; then, of the two nodes that are left, one process each."""
    job = ["trainer=slurm", *SMALL, *LEARNING, "hydra.run.dir=job"]
    run = RunFolder(folder / "job")

    running = []
    with ThreadPoolExecutor() as pool:
        ending = pool.submit(
            run_all, by_srun(4, 2), *job, "checkpoint_minutes=0", cwd=folder, started=running.append
        )
        wait_for(run.last_checkpoint)
        for process in running:
            os.kill(process.pid, signal.SIGTERM)
        ended = ending.result()
    assert [done.returncode for done in ended] == [TERMINATED] * 4, ended[0].stderr
    assert "to continue: python -m instrument_net.train" in ended[0].stdout.replace("\n", "")
    assert not run.report_page.is_file()
    again = run_all(by_srun(2, 1), *job, "resume_from=job", cwd=folder)
    assert [done.returncode for done in again] == [0, 0], again[0].stderr
    assert "continues after" in again[0].stdout
    assert_nearly_equal(RunFolder(folder / "one"), run)


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_process_that_is_killed_ends_all_and_leaves_no_result(which, tmp_path):
    """The way it is started on one machine: Lightning starts the second process."""
    run = RunFolder(tmp_path / "run")
    settings = [*SMALL, *LEARNING, "trainer.max_epochs=500"]
    train = {"first": ["instrument_net.train"], "second": ["instrument_net", "train"]}[which]
    first = subprocess.Popen(
        [sys.executable, "-m", *train, "trainer=ddp", "trainer.devices=2",
         *settings, "checkpoint_minutes=0", "hydra.run.dir=run"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(run.last_checkpoint, first)
        started = ["pgrep", "-P", str(first.pid), "-f", "instrument_net.train"]
        (second,) = map(int, subprocess.check_output(started).split())
        time.sleep(random.random())  # wherever they are just now
        os.kill(first.pid if which == "first" else second, signal.SIGKILL)
        _, said = first.communicate(timeout=60)
        wait_for_the_end_of(second)
    finally:
        first.kill()
    if which == "second":
        assert first.returncode == PROCESS_LOST
        assert said.startswith("error: another process of this run has ended before its time")
        assert "resume_from=run" in said
        assert said.count("\n") == 1
    assert not run.report_page.is_file()
    if which == "second":
        return
    n_epochs = torch.load(run.last_checkpoint, weights_only=True)["epoch"] + 2
    settings = [*settings, f"trainer.max_epochs={n_epochs}"]
    for ending in (["resume_from=run"], ["hydra.run.dir=one"]):
        done = run_module("train", *settings, *ending, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert_nearly_equal(RunFolder(tmp_path / "one"), run)


def wait_for_the_end_of(pid):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        seen = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if not seen.stdout.strip() or seen.stdout.startswith("Z"):
            return
        time.sleep(0.2)
    raise AssertionError("the second process does not end")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["data.batch_size=1"], "data.batch_size=1 is shared by 2 processes"),
        (["seed=0,1", "-m"], "several processes train one network"),
        (["trainer=slurm"], "trainer=slurm: srun starts these processes"),
    ],
)
def test_what_cannot_be_shared_is_refused_in_one_line(overrides, said, tmp_path):
    done = run_module("train", "trainer=ddp", "trainer.devices=2", *SMALL, *overrides, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


class OtherFirst:
    """Stand for a strategy whose first process has other clips."""

    def broadcast(self, own):
        return f"not {own}"

    def reduce_boolean_decision(self, decision):
        return decision


def test_processes_with_other_clips_are_refused():
    trainer = SimpleNamespace(strategy=OtherFirst(), world_size=2)
    with pytest.raises(InputError, match="2 processes do not have the same clips"):
        Together({"clips": "digest"}).on_fit_start(trainer, None)
