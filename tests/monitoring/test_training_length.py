"""A run with few recordings takes enough steps, and says when and why it stops."""

import math

import pytest
from conftest import run_module

from instrument_net.data.loading import Loading
from instrument_net.errors import InputError
from instrument_net.monitoring.training_length import describe_steps


def loading(batch_size):
    return Loading("all", None, "store", batch_size, "shuffled", "skip", 0)


def test_an_epoch_has_twenty_steps_if_there_are_clips_enough():
    for n_clips in range(20, 3000):
        batch = loading("auto").batch_of(n_clips)
        assert math.ceil(n_clips / batch) >= 20
        assert batch == 64 or math.ceil(n_clips / (batch + 1)) < 20
    assert loading("auto").batch_of(7) == 1
    assert loading("auto").batch_of(0) == 64


def test_a_number_is_kept():
    assert loading(32).batch_of(10) == 32
    loading("auto").check(None)
    with pytest.raises(InputError, match="batch_size must be at least 1"):
        loading(0).check(None)


def test_few_steps_come_with_advice():
    assert describe_steps(640, 64) == (
        "10 steps an epoch: 640 clips in batches of 64; these are few: data.batch_size=33 would "
        "give 20"
    )
    assert describe_steps(1280, 64) == "20 steps an epoch: 1,280 clips in batches of 64"
    assert describe_steps(1, 1) == "1 step an epoch: 1 clip in batches of 1"


@pytest.mark.slow
def test_the_screen_says_how_many_steps_and_why_training_stopped(write_sources, tmp_path):
    write_sources({"attic": {"flute": 20, "harp": 20}})
    run = ["data=manifest", "data.path=clips.csv", "model=perceptron", "trainer=cpu",
           "callbacks.early_stopping.patience=2", "trainer.max_epochs=9"]  # fmt: skip
    done = run_module("train", *run, "optimizer.lr=0", "hydra.run.dir=run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert "28 steps an epoch: 28 clips in batches of 1\n" in said
    assert (
        "stopped early, after epoch 3 of 9: validation/macro_f1 has not improved for 2 epochs "
        "(callbacks.early_stopping.patience)\n"
    ) in said
    report = (tmp_path / "run/report/report.md").read_text()
    assert "batches of 1; stopped early, after epoch 3 of 9: validation/macro_f1" in report
    few = run_module(
        "train", *run, "trainer.max_epochs=1", "data.batch_size=64", "hydra.run.dir=few",
        cwd=tmp_path,
    )  # fmt: skip
    assert "1 step an epoch: 28 clips in batches of 64; these are few" in few.stdout
    assert "stopped early" not in few.stdout
    assert "would give 28; epochs: 1" in (tmp_path / "few/report/report.md").read_text()
