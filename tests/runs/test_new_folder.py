"""Every run has a folder of its own."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import run_module
from filelock import FileLock

from instrument_net.run_folder import LOCK
from instrument_net.runs.new_folder import claim


def test_a_folder_is_claimed_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: claim(tmp_path / "a/12-00-00"), range(20)))
    assert len(set(claimed)) == 20
    assert {path.name for path in claimed} == {
        "12-00-00", *(f"12-00-00_{number}" for number in range(2, 21))
    }  # fmt: skip


RUN = ["data=manifest", "data.path=clips.csv", "model=forest_features", "model.n_trees=2"]


@pytest.mark.slow
def test_runs_that_start_in_the_same_second_do_not_share_a_folder(write_sources, tmp_path):
    write_sources({"attic": {"flute": 3, "harp": 3}})
    experiment = tmp_path / "conf/experiment/stopped.yaml"
    experiment.parent.mkdir(parents=True)
    experiment.write_text(  # a time that stands still
        "# @package _global_\nhydra: {run: {dir: outputs/same/12-00-00}}\n"
    )
    arguments = ["--config-dir", "conf", "+experiment=stopped", *RUN]
    for _ in range(2):
        done = run_module("train", *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    runs = sorted(path.parents[1] for path in tmp_path.rglob("report/report.md"))
    assert [run.name for run in runs] == ["12-00-00", "12-00-00_2"]
    for run in runs:
        assert f"output_dir: {run}\n" in (run / ".hydra/hydra.yaml").read_text()
        typed = "python -m instrument_net.train --config-dir conf +experiment=stopped data=manifest"
        assert typed in (run / "report/report.md").read_text()
    assert not list(tmp_path.rglob("*.log"))


@pytest.mark.slow
def test_a_finished_run_is_not_overwritten(write_sources, tmp_path):
    write_sources({"attic": {"flute": 3, "harp": 3}})
    done = run_module("train", *RUN, "hydra.run.dir=mine (1)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    content = {p: p.read_bytes() for p in Path(tmp_path / "mine (1)").rglob("*") if p.is_file()}
    again = run_module("train", *RUN, "seed=1", "hydra.run.dir=mine (1)", cwd=tmp_path)
    assert again.returncode == 2
    assert again.stderr.startswith("error: mine (1): holds a finished run already")
    assert len(again.stderr.splitlines()) == 1
    assert content == {p: p.read_bytes() for p in content}
    (tmp_path / "file").touch()
    refused = run_module("train", *RUN, "hydra.run.dir=file/run", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: file/run: this folder cannot be made")


@pytest.mark.slow
def test_a_folder_in_which_another_process_works_is_refused(write_sources, tmp_path):
    write_sources({"attic": {"flute": 3, "harp": 3}})
    (tmp_path / "mine").mkdir()
    with FileLock(tmp_path / "mine" / LOCK):  # as a run in another terminal does
        refused = run_module("train", *RUN, "hydra.run.dir=mine", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: mine: another process is working in this folder")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == [LOCK]
    done = run_module("train", *RUN, "hydra.run.dir=mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
