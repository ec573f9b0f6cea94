"""A run that was killed and continues ends with the weights of the run that was never killed."""

import json
import os
import shutil
import signal
import time

import pytest
import torch
from conftest import run_module

from instrument_net.errors import InputError
from instrument_net.run_folder import RunFolder
from instrument_net.runs.resuming import checkpoint_of, resume, without_resume
from instrument_net.train import same_folder

pytestmark = pytest.mark.slow

SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=80", "trainer=cpu"]  # fmt: skip
CORPUS = ["data.individuals_per_class=3", "data.clips_per_individual=2",
          "data.classes=[sine,noise,bell]"]  # fmt: skip
SPEC = ["data.batch_size=2", *SMALL]
# Averaged weights, rendered views, a cosine, members: all that best has.
BEST = ["+experiment=residual_ensemble", "model.n_members=2", "data.views=2", "data.batch_size=2",
        "frontend.n_frames=30", "trainer=cpu"]  # fmt: skip
LEARNING = [*CORPUS, "data.sampling=class_balanced", "trainer.max_epochs=4"]


def interrupted(arguments, run, cwd, by):
    """Start a run, let ``by`` end its process once there is a checkpoint, and return how it ended.

    Args:
        by: Takes the process.
    """

    def end(process):
        wait_for(run.last_checkpoint, process)
        by(process)

    return run_module("train", *arguments, f"hydra.run.dir={run.path}", cwd=cwd, started=end)


def wait_for(path, process):
    deadline = time.monotonic() + 300
    while not path.is_file():
        assert time.monotonic() < deadline
        assert process.is_alive()
        time.sleep(0.02)


def weights(path):
    return torch.load(path, weights_only=True)["state_dict"]


def assert_same_weights(one, other):
    for name in ("best", "last"):
        a, b = (weights(run.checkpoints / f"{name}.ckpt") for run in (one, other))
        assert a.keys() == b.keys()
        assert len(a) > 5
        for key, tensor in a.items():
            assert torch.equal(tensor, b[key]), (name, key)


def state_of(run):
    return torch.load(run.last_checkpoint, weights_only=True)


@pytest.fixture(scope="module", params=[SPEC, BEST], ids=["spec", "best"])
def whole(request, tmp_path_factory):
    """Settings, and the folder in which a run with them was never interrupted."""
    folder, settings = tmp_path_factory.mktemp("whole"), [*request.param, *LEARNING]
    done = run_module("train", *settings, "hydra.run.dir=whole", cwd=folder)
    assert done.returncode == 0, done.stderr
    return settings, folder


def test_a_killed_run_that_continues_ends_with_the_same_weights(whole):
    settings, folder = whole
    cut = RunFolder(folder / "cut")
    ended = interrupted(settings, cut, folder, by=lambda process: process.kill())
    assert ended.returncode == -signal.SIGKILL
    n_epochs = state_of(cut)["epoch"] + 1
    assert n_epochs < 4
    assert not cut.report_page.is_file()

    done = run_module("train", *settings, "resume_from=cut", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert f"continues after {n_epochs} epochs" in done.stdout
    assert_same_weights(RunFolder(folder / "whole"), cut)
    metrics = [json.loads((folder / f"{run}/report/metrics.json").read_text())
               for run in ("whole", "cut")]  # fmt: skip
    assert metrics[0] == metrics[1]


def test_a_run_killed_within_an_epoch_ends_with_the_same_weights(whole):
    settings, folder = whole
    cut = RunFolder(folder / "within")
    done_before = []

    def kill(process):
        while state_of(cut)["epoch"] == 0 or state_of(cut)["resuming"]["batches"]["n_taken"] == 0:
            assert process.is_alive()
        os.kill(process.pid, signal.SIGSTOP)  # a state that stays while it is looked at
        done_before.extend(
            [state_of(cut)["epoch"], state_of(cut)["resuming"]["batches"]["n_taken"]]
        )
        process.kill()

    interrupted([*settings, "checkpoint_minutes=0"], cut, folder, by=kill)
    assert not cut.report_page.is_file()

    done = run_module("train", *settings, "resume_from=within", cwd=folder)
    assert done.returncode == 0, done.stderr
    n_epochs, n_steps = done_before
    within = f" and {n_steps} steps" * (n_steps > 0)
    assert f"continues after {n_epochs + (n_steps == 0)} epochs{within}\n" in done.stdout
    assert "not resumable" not in done.stderr
    assert "is not empty" not in done.stderr  # the folder of its checkpoints: Lightning would warn
    assert_same_weights(RunFolder(folder / "whole"), cut)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_with_its_status_and_the_command_that_continues(
    number, status, tmp_path
):
    settings = [*SPEC, *CORPUS, "trainer.max_epochs=500", "callbacks.early_stopping.patience=500"]
    run = RunFolder(tmp_path / "run")
    ended = interrupted(settings, run, tmp_path, by=lambda process: os.kill(process.pid, number))
    assert ended.returncode == status
    assert "Traceback" not in ended.stdout + ended.stderr
    said = ended.stdout.replace("\n", "").rpartition("to continue: ")[2]
    assert said.startswith("python -m instrument_net.train data.batch_size=2")
    assert said.rstrip().endswith("resume_from=run")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with a run of two epochs."""
    folder = tmp_path_factory.mktemp("finished")
    done = run_module("train", *SHORT, "hydra.run.dir=run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


SHORT = [*SPEC, *CORPUS, "trainer.max_epochs=2"]


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ([], "this run is finished after 2 epochs"),
        (["optimizer.lr=0.5"], "optimizer.lr was 0.001, is 0.5 now"),
        (["model=perceptron"], "model.name was TwoBranchNet, is PerceptronNet now"),
        (["data.seed=1"], "the clips are not those of this run"),
        (["resume_from=nowhere"], "resume_from: nowhere: no such run folder or checkpoint"),
        (["resume_from=text.ckpt"], "text.ckpt: no checkpoint, damaged, or not of plain values"),
        (["resume_from=empty"], "empty: no last.ckpt in checkpoints/"),
    ],
)
def test_what_cannot_continue_is_one_line(finished, overrides, said):
    (finished / "text.ckpt").write_text("no checkpoint")
    (finished / "empty").mkdir(exist_ok=True)
    arguments = ["resume_from=run", *SHORT]
    if any(o.startswith("resume_from") for o in overrides):
        arguments.remove("resume_from=run")
    done = run_module(
        "train", *arguments, *overrides, *([] if overrides[:1] == [] else ["hydra.run.dir=other"]),
        cwd=finished,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_a_finished_run_is_trained_longer_also_in_another_folder(finished):
    longer = [*SHORT, "trainer.max_epochs=4"]
    whole = run_module("train", *longer, "hydra.run.dir=whole", cwd=finished)
    assert whole.returncode == 0, whole.stderr
    shutil.copytree(finished / "run", finished / "moved")
    done = run_module(
        "train", *longer, "resume_from=moved/checkpoints/last.ckpt", "hydra.run.dir=elsewhere",
        cwd=finished,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert_same_weights(RunFolder(finished / "whole"), RunFolder(finished / "elsewhere"))


def test_a_run_with_an_annealed_rate_is_not_trained_longer(tmp_path):
    annealed = [*SHORT, "scheduler=cosine", "model=perceptron"]
    done = run_module("train", *annealed, "hydra.run.dir=run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = run_module("train", *annealed, "trainer.max_epochs=4", "resume_from=run", cwd=tmp_path)
    assert done.returncode == 2
    assert "the schedule of the learning rate ends with it" in done.stderr.replace("\n", " ")


def test_a_run_continues_in_its_own_folder_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run/checkpoints").mkdir(parents=True)
    assert same_folder(["resume_from=run", "seed=1"]) == ["hydra.run.dir=run"]
    assert same_folder(["resume_from=run/checkpoints/last.ckpt"]) == ["hydra.run.dir=run"]
    assert same_folder(["resume_from=run", "hydra.run.dir=x"]) == []
    assert same_folder(["seed=1"]) == []
    with pytest.raises(InputError, match=r"no last\.ckpt"):
        checkpoint_of("run")
    assert without_resume(["seed=1", "resume_from=run", "hydra.run.dir=x"]) == ["seed=1"]


def test_an_order_of_an_earlier_version_is_not_continued_in_its_middle(tmp_path):
    made_of = {"clips": "digest", "settings": {"scheduler": "constant", "trainer.max_epochs": 2}}
    batches = {"n_taken": 2, "random_at_start": torch.zeros(1), "sampler": None}
    content = {"epoch": 0, "callbacks": {}, "resuming": {"made_of": made_of, "batches": batches}}
    path = tmp_path / "last.ckpt"
    torch.save(content, path)
    with pytest.raises(InputError, match="an earlier version wrote it within an epoch"):
        resume(str(path), RunFolder(tmp_path / "run"), made_of, max_epochs=2, patience=None)
