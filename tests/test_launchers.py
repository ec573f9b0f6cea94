"""Runs of a sweep side by side, by the launcher of the extra launchers."""

import pytest
from conftest import run_module

pytestmark = pytest.mark.slow


def test_runs_of_a_sweep_side_by_side_are_those_of_one_after_the_other(smoke_corpus, tmp_path):
    arguments = [
        "-m", "+experiment=smoke", "model=forest_features", "model.n_trees=5",
        f"data.folder={smoke_corpus}", f"data.store_dir={tmp_path}/store", "seed=0,1",
    ]  # fmt: skip
    for name in ("basic", "submitit_local"):
        done = run_module(
            "train", *arguments, f"hydra/launcher={name}", f"hydra.sweep.dir={tmp_path}/{name}"
        )
        assert done.returncode == 0, done.stderr
    for seed in (0, 1):
        ours, theirs = (
            (tmp_path / name / str(seed) / "report/predictions.csv").read_text()
            for name in ("submitit_local", "basic")
        )
        assert ours == theirs


def test_a_run_that_is_refused_is_one_line(tmp_path):
    done = run_module(
        "train", "-m", "data=folder", f"data.path={tmp_path}/none", "seed=0,1",
        "hydra/launcher=submitit_local", f"hydra.sweep.dir={tmp_path}/sweep",
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: a run of this sweep has ended without a result: ")
    assert f"{tmp_path}/none: no such folder" in line


def test_a_launcher_that_is_not_installed_is_one_line_with_what_to_install():
    done = run_module("train", "-m", "seed=0,1", "hydra/launcher=submitit_loc")
    assert done.returncode == 2
    assert "did you mean 'submitit_local'?" in done.stderr
    assert done.stderr.strip().endswith('; more with pip install "instrument-net[launchers]"')
