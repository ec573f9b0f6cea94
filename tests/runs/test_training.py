"""Runs that start from another one's weights or have a second corpus, as a user calls them."""

import pandas as pd
import pytest
import torch
from conftest import run_module

pytestmark = pytest.mark.slow

SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=56"]  # fmt: skip
SHORT = ["model=perceptron", "trainer=cpu", "trainer.max_epochs=1", *SMALL]
RENDERED = ["data.individuals_per_class=3", "data.clips_per_individual=1",
            "data.classes=[sine,noise,flute]"]  # fmt: skip
EXTRA = [override.replace("data.", "data.extra.synthetic.") for override in RENDERED]


@pytest.fixture
def real(write_sources):
    """Two sources with flutes and harps, of which only the attic has a gong."""
    write_sources({"attic": {"flute": 3, "harp": 3, "gong": 3}, "barn": {"flute": 3, "harp": 3}})
    return ["data=manifest", "data.path=clips.csv", *SHORT]


def test_one_after_the_other(real, tmp_path):
    first = run_module(
        "train", *SHORT, "data=synthetic", *RENDERED, "hydra.run.dir=first", cwd=tmp_path
    )
    assert first.returncode == 0, first.stderr
    start = ["init_from=first/checkpoints/best.ckpt", "optimizer.lr=0"]
    done = run_module("train", *real, *start, "hydra.run.dir=second", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    start_line = "6 of 8 tensors, 5,569 of 5,739 numbers, from first/checkpoints/best.ckpt "
    start_line += (
        "(outputs of 1 of the 3 classes); seen in training: the checkpoint was trained or "
    )
    start_line += "validated on 0 of the 3 test clips (by file or content)"
    assert f"starts from {start_line}" in done.stdout.replace("\n", "")
    assert f"- **Start:** {start_line}" in (tmp_path / "second/report/report.md").read_text()
    theirs, ours = (
        torch.load(tmp_path / run / "checkpoints/best.ckpt", weights_only=True)["state_dict"]
        for run in ("first", "second")
    )
    equal = {name for name in ours if torch.equal(ours[name], theirs[name])}
    assert {name for name in ours if "dense" in name} <= equal
    assert "network.perceptron_branch.scaling.mean" not in equal

    refused = run_module("train", *real, "init_from=nowhere.ckpt", cwd=tmp_path)
    assert refused.returncode == 2
    assert (
        "nowhere.ckpt: no such checkpoint; train it first, or start from nothing" in refused.stderr
    )

    folds = run_module(
        "cross_validate", *real, *start, "split=leave_one_source_out", "only=[barn]", cwd=tmp_path
    )
    assert folds.returncode == 0, folds.stderr
    (fold,) = (tmp_path / "outputs/unnamed").glob("cross_validation_*/fold_barn")
    page = (fold / "report/report.md").read_text()
    assert "**Start:** 6 of 8 tensors" in page


def test_together(real, tmp_path):
    extra = ["data/extra=synthetic", *EXTRA]
    done = run_module(
        "cross_validate", *real, *extra, "split=leave_one_source_out", "only=[barn]", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "outputs/unnamed").glob("cross_validation_*")
    fold = folder / "fold_barn"
    table = pd.read_csv(fold / "splits.csv")
    assert table[table["extra"] == "synthetic"]["label"].value_counts().to_dict() == {
        "flute": 3, "noise": 3, "sine": 3
    }  # fmt: skip
    assert set(table[table["extra"] == "synthetic"]["split"]) == {"train"}
    assert set(table[table["source"] == "barn"]["split"]) == {"test"}
    content = torch.load(fold / "checkpoints/best.ckpt", weights_only=True)
    names = ["flute", "gong", "harp", "noise", "sine"]
    assert content["hyper_parameters"]["class_names"] == names
    tested = pd.read_csv(folder / "report/predictions.csv")
    assert tested["label"].value_counts().to_dict() == {"flute": 3, "harp": 3}
    said = (
        "**Extra:** for training only: synthetic: metadata.csv (synthetic: scores on it say "
        "nothing about real instruments), 9 clips of 3 classes, unknown source"
    )
    for page in (folder / "report/report.md", fold / "report/report.md"):
        text = page.read_text()
        assert said in text
        assert "; only they have noise, sine: never tested" in text
        assert "Classes without a clip, left out of all averages: gong, noise, sine." in text
        recall = tested["correct"].groupby(tested["label"]).mean().mean()
        assert f"| macro_recall | {recall:.4f} |" in text

    again = run_module(
        "evaluate", f"checkpoint={fold}/checkpoints/best.ckpt", "hydra.run.dir=again", cwd=tmp_path
    )
    assert again.returncode == 0, again.stderr
    ours, theirs = (
        (place / "report/metrics.json").read_text() for place in (tmp_path / "again", fold)
    )
    assert ours == theirs


def test_a_baseline_learns_from_the_extra_corpus_too(real, tmp_path):
    done = run_module(
        "train", *real, "model=forest_features", "model.n_trees=5", "data/extra=synthetic",
        *EXTRA, "init_from=none.ckpt",
        "hydra.run.dir=run", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "run/report/report.md").read_text()
    assert "only they have noise, sine" in page
    assert "p(noise)" in pd.read_csv(tmp_path / "run/report/predictions.csv").columns
    assert "`trainer=cpu trainer.max_epochs=1 init_from=none.ckpt`, which only networks" in page
