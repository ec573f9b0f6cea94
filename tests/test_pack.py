import json

import pandas as pd
import pytest
from conftest import run_module


@pytest.mark.slow
def test_a_corpus_is_packed_trained_from_and_evaluated(tmp_path, smoke_corpus):
    pack, run = tmp_path / "pack", tmp_path / "run"
    own = [f"data.folder={smoke_corpus}", "data.classes=[sine,noise,bell]"]
    own += ["data.individuals_per_class=3", "data.clips_per_individual=2"]
    done = run_module("pack", "data=synthetic", *own, f"to={pack}", "chunk_clips=2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"data=packed data.path={pack}" in done.stdout
    done = run_module(
        "train", "data=packed", f"data.path={pack}", "trainer=cpu", "trainer.max_epochs=1",
        "model=perceptron", "data.batch_size=4", f"hydra.run.dir={run}", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    metrics = json.loads((run / "report/metrics.json").read_text())
    splits = pd.read_csv(run / "splits.csv")
    assert sorted(splits["split"].unique()) == ["test", "train", "validation"]
    assert len(splits) == 18
    assert "packed" in (run / "report/report.md").read_text()
    done = run_module("evaluate", f"checkpoint={run}/checkpoints/best.ckpt",
                      f"hydra.run.dir={tmp_path}/again", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    again = json.loads((tmp_path / "again/report/metrics.json").read_text())
    assert again["accuracy"] == metrics["accuracy"]
    assert "on 0 of the" in done.stdout.replace("\n", " ")


def test_what_to_pack_and_where_has_to_be_named(tmp_path):
    done = run_module("pack", f"to={tmp_path}/pack", cwd=tmp_path)
    assert done.returncode == 2
    assert "which corpus" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    done = run_module("pack", "data=synthetic", cwd=tmp_path)
    assert done.returncode == 2
    assert "to is missing" in done.stderr
