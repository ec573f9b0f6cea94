"""evaluate, compare and cross_validate, as a user runs them."""

import json
import re

import pandas as pd
import pytest
from conftest import run_module

from instrument_net.frontend import FEATURE_NAMES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def evaluated(smoke, tmp_path_factory):
    """The smoke run's checkpoint, evaluated and explained: what was printed, and the report."""
    _, run = smoke[0]
    folder = tmp_path_factory.mktemp("evaluated")
    done = run_module(
        "evaluate", f"checkpoint={run}/checkpoints/best.ckpt", f"hydra.run.dir={folder}",
        "explain=3",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, folder / "report"


def test_evaluate_repeats_the_report_of_the_run(smoke, evaluated):
    printed, report = evaluated
    _, run = smoke[0]
    ours, theirs = (
        json.loads((folder / "metrics.json").read_text()) for folder in (report, run / "report")
    )
    assert ours == theirs
    assert ours["intervals_95"]["macro_f1"]["low"] <= ours["macro_f1"]
    assert f"{ours['macro_f1']:.4f}" in printed
    assert "tensorboard --logdir" in printed


def test_evaluate_explains_the_clips_it_is_asked_to(evaluated):
    printed, report = evaluated
    page = (report / "report.md").read_text()
    pictures = re.findall(r"!\[.*?\]\((explanations/\d\d_\w+\.png)\)", page)
    assert len(pictures) == 3
    assert all((report / picture).read_bytes().startswith(b"\x89PNG") for picture in pictures)
    figures = json.loads((report / "metrics.json").read_text())
    branches = pd.read_csv(report / "explanations/branches.csv", index_col="heard")
    assert list(branches.index) == ["both", "spectrogram alone", "features alone"]
    for figure in ("accuracy", "macro_recall"):
        assert branches.loc["both", figure] == pytest.approx(figures[figure], abs=1e-6)
    contributions = pd.read_csv(report / "explanations/feature_contributions.csv", index_col=0)
    assert list(contributions.index) == ["bell", "noise", "sine"]
    assert list(contributions.columns) == list(FEATURE_NAMES)
    assert (contributions.to_numpy() >= 0).all()
    assert "explanations/feature_contributions.png" in page
    assert "report/explanations" in printed


def test_evaluate_takes_a_foreign_corpus_and_leaves_out_what_the_network_does_not_know(
    smoke, tmp_path, write_tone
):
    for label in ("sine", "theremin"):
        for k in range(2):
            write_tone(f"corpus/{label}/{k}.wav", frequency_hz=300 + 50 * k)
    _, run = smoke[0]
    done = run_module(
        "evaluate", f"checkpoint={run}/checkpoints/best.ckpt", f"hydra.run.dir={tmp_path}/out",
        "data=folder", f"data.path={tmp_path}/corpus", f"data.store_dir={tmp_path}/store",
        "explain=9",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 clips of classes that the network does not know: theremin" in done.stdout
    table = pd.read_csv(tmp_path / "out/report/predictions.csv")
    assert table["label"].tolist() == ["sine", "sine"]
    assert "p(bell)" in table.columns
    page = (tmp_path / "out/report/report.md").read_text()
    assert "**Left out:** classes unknown to the network: theremin" in page
    assert "bell, noise: in no average" in page
    assert len(list((tmp_path / "out/report/explanations").glob("[0-9]*.png"))) == 2
    contributions = pd.read_csv(tmp_path / "out/report/explanations/feature_contributions.csv")
    assert contributions["label"].tolist() == ["sine"]


def test_evaluate_says_what_it_cannot_use(smoke, tmp_path):
    done = run_module("evaluate", "checkpoint=none.ckpt", f"hydra.run.dir={tmp_path}")
    assert done.returncode == 2
    assert "none.ckpt: no such checkpoint" in done.stderr
    done = run_module("evaluate", "checkpoint=none.ckpt", f"hydra.run.dir={tmp_path}", "explain=-1")
    assert done.returncode == 2
    assert "explain=-1: expected a whole number of clips" in done.stderr
    alone = tmp_path / "alone" / "best.ckpt"
    alone.parent.mkdir()
    alone.write_bytes((smoke[0][1] / "checkpoints/best.ckpt").read_bytes())
    done = run_module("evaluate", f"checkpoint={alone}", f"hydra.run.dir={tmp_path}/out")
    assert done.returncode == 2
    assert "not the configuration of a training run, for want of data and split" in done.stderr
    (tmp_path / ".hydra/config.yaml").unlink()
    done = run_module("evaluate", f"checkpoint={alone}", f"hydra.run.dir={tmp_path}/out")
    assert done.returncode == 2
    assert "no run folder around it" in done.stderr
    assert "Traceback" not in done.stderr


def test_cross_validate_tests_every_clip_once_and_goes_on_where_it_stopped(smoke_corpus, tmp_path):
    arguments = [
        "+experiment=smoke", f"data.folder={smoke_corpus}", f"data.store_dir={tmp_path}/store",
        "trainer=cpu", "trainer.max_epochs=1", "folds=3",
    ]  # fmt: skip
    first = run_module("cross_validate", *arguments, "only=[0]", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    (folder,) = (tmp_path / "outputs/smoke").glob("cross_validation_*")
    assert (
        "**Folds:** only 0 of 3; each clip is judged by a model that was neither"
        in (folder / "report/report.md").read_text()
    )
    stamp = (folder / "fold_0/report/report.md").stat().st_mtime_ns

    second = run_module("cross_validate", *arguments, cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert "fold 0: done before" in second.stdout
    assert (folder / "fold_0/report/report.md").stat().st_mtime_ns == stamp
    table = pd.read_csv(folder / "report/predictions.csv")
    assert len(table) == table["path"].nunique() == 18
    folds = pd.read_csv(folder / "folds.csv", index_col=0)
    assert list(folds.index) == ["fold 0", "fold 1", "fold 2", "mean", "std"]
    assert folds.loc["mean", "accuracy"] == pytest.approx(folds["accuracy"].iloc[:3].mean())
    assert folds.loc["std", "accuracy"] == pytest.approx(folds["accuracy"].iloc[:3].std(), abs=1e-6)


def test_compare_finds_no_difference_between_equal_runs_and_names_those_of_others(smoke, tmp_path):
    runs = [run for _, run in smoke]
    done = run_module("compare", *runs, "--out", tmp_path / "same")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "same/comparison.md").read_text()
    assert "| macro_f1 | +0.000 | +0.000 to +0.000 | 1.000 |" in page
    assert "| McNemar | 0 against 0 clips | right by one alone | 1.000 |" in page
    assert "data.store_dir" in page
    assert "data.batch_size" not in page
    done = run_module("compare", runs[0], tmp_path)
    assert done.returncode == 2
    assert "a finished run has report/predictions.csv" in done.stderr
