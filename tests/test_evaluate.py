"""The command evaluate, as a user runs it."""

import json
import re
import shutil

import pandas as pd
import pytest
from conftest import run_module

from instrument_net.frontend import FEATURE_NAMES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def evaluated(smoke, tmp_path_factory):
    """The smoke run's checkpoint, evaluated, stressed and explained: the screen, and the report."""
    _, run = smoke[0]
    folder = tmp_path_factory.mktemp("evaluated")
    done = run_module(
        "evaluate", f"checkpoint={run}/checkpoints/best.ckpt", f"hydra.run.dir={folder}",
        "explain=3", "stress=true",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, folder / "report"


def test_evaluate_repeats_the_report_of_the_run(smoke, evaluated):
    printed, report = evaluated
    _, run = smoke[0]
    repeated, original = (
        json.loads((folder / "metrics.json").read_text()) for folder in (report, run / "report")
    )
    assert repeated == original
    assert repeated["intervals_95"]["macro_f1"]["low"] <= repeated["macro_f1"]
    assert f"{repeated['macro_f1']:.4f}" in printed
    assert "tensorboard --logdir" in printed


def test_evaluate_explains_the_clips_it_is_asked_to(evaluated):
    printed, report = evaluated
    page = (report / "report.md").read_text()
    figures = re.findall(r"!\[.*?\]\((explanations/\d\d_\w+\.png)\)", page)
    assert len(figures) == 3
    assert all((report / figure).read_bytes().startswith(b"\x89PNG") for figure in figures)
    metrics = json.loads((report / "metrics.json").read_text())
    branches = pd.read_csv(report / "explanations/branches.csv", index_col="branches")
    assert list(branches.index) == ["both", "spectrogram alone", "features alone"]
    for metric in ("accuracy", "macro_recall"):
        assert branches.loc["both", metric] == pytest.approx(metrics[metric], abs=1e-6)
    contributions = pd.read_csv(report / "explanations/feature_contributions.csv", index_col=0)
    assert list(contributions.index) == ["bell", "noise", "sine"]
    assert list(contributions.columns) == list(FEATURE_NAMES)
    assert (contributions.to_numpy() >= 0).all()
    assert "explanations/feature_contributions.png" in page
    assert "report/explanations" in printed


def test_evaluate_shows_the_scores_under_stress(evaluated):
    printed, report = evaluated
    metrics = json.loads((report / "metrics.json").read_text())
    scores = pd.read_csv(report / "stress.csv", index_col="condition")
    unchanged = scores.loc["as they are"]
    assert unchanged["macro_recall"] == pytest.approx(metrics["macro_recall"], abs=1e-6)
    assert unchanged["low"] == pytest.approx(metrics["intervals_95"]["macro_recall"]["low"])
    assert {"cut to 0.25 s", "MP3 at 64 kbit/s", "level of -40 dB"} < set(scores.index)
    page = (report / "report.md").read_text()
    assert "## Under stress" in page
    assert "](stress.png)" in page
    assert (report / "stress.png").read_bytes().startswith(b"\x89PNG")
    assert "report/stress.png" in printed


def test_evaluate_takes_another_corpus_and_leaves_out_classes_that_the_network_does_not_know(
    smoke, tmp_path, write_tone
):
    for label, pitch_hz in (("sine", 300), ("theremin", 700)):
        for k in range(2):
            write_tone(f"corpus/{label}/{k}.wav", frequency_hz=pitch_hz + 50 * k)
    (tmp_path / "corpus/sine/broken.wav").write_bytes(b"no sound")
    (tmp_path / "corpus/sine/notes.txt").write_text("no audio")
    _, run = smoke[0]
    trained = pd.read_csv(run / "splits.csv").query("split == 'train' and label == 'sine'")
    shutil.copy(trained["path"].iloc[0], tmp_path / "corpus/sine/copy.wav")
    done = run_module(
        "evaluate", f"checkpoint={run}/checkpoints/best.ckpt", f"hydra.run.dir={tmp_path}/out",
        "data=folder", f"data.path={tmp_path}/corpus", f"data.store_dir={tmp_path}/store",
        "explain=9",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 clips of classes that the network does not know: theremin" in done.stdout
    table = pd.read_csv(tmp_path / "out/report/predictions.csv")
    assert table["label"].tolist() == ["sine"] * 3
    seen = "the checkpoint was trained or validated on 1 of the 5 test clips (by file or content)"
    assert f"seen in training: {seen}: expect lower scores on others" in done.stdout
    assert "broken.wav: cannot be decoded" in done.stdout
    assert "1 passed over, no audio" in done.stdout
    reasons = pd.read_csv(tmp_path / "out/rejected.csv")["reason"]
    assert reasons.str.contains("cannot be decoded|passed over: no audio").tolist() == [True, True]
    assert "p(bell)" in table.columns
    page = (tmp_path / "out/report/report.md").read_text()
    assert "**Left out:** classes unknown to the network: theremin" in page
    assert "bell, noise: in no average" in page
    assert f"**Seen in training:** {seen}" in page
    assert len(list((tmp_path / "out/report/explanations").glob("[0-9]*.png"))) == 3
    contributions = pd.read_csv(tmp_path / "out/report/explanations/feature_contributions.csv")
    assert contributions["label"].tolist() == ["sine"]


def test_evaluate_maps_labels_and_scores_both_over_all_outputs_and_among_common_classes(
    smoke, tmp_path, write_tone
):
    for label, pitch_hz in (("Sinus", 300), ("Glocke", 700), ("Gong", 500)):
        for k in range(3):
            write_tone(f"corpus/{label}/{k}.wav", frequency_hz=pitch_hz + 50 * k)
    (tmp_path / "mine").mkdir()
    table = tmp_path / "mine/labels/german.yaml"
    table.parent.mkdir()
    table.write_text("Sinus: sine\nGlocke: bell\nGong: null\nTuba: tuba\n")
    outputs = tmp_path / "outputs.yaml"
    outputs.write_text("sine: tone\n")
    done = run_module(
        "evaluate", "--config-dir", tmp_path / "mine", f"hydra.run.dir={tmp_path}/out",
        f"checkpoint={smoke[0][1]}/checkpoints/best.ckpt", f"output_labels={outputs}",
        "data=folder", f"data.path={tmp_path}/corpus", f"data.store_dir={tmp_path}/store",
        "data.labels=german",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "left out: 3 passed over, dropped by german.yaml (class Gong)" in done.stdout
    said = "labels by german.yaml: bell was Glocke; sine was Sinus; 1 of its 4 names match no label"
    assert said in done.stdout
    assert "Of the network's 3 classes, 2 occur among the clips: bell, tone." in done.stdout
    metrics = json.loads((tmp_path / "out/report/metrics.json").read_text())
    assert metrics["common_classes"]["names"] == ["bell", "tone"]
    assert metrics["common_classes"]["accuracy"] >= metrics["accuracy"]
    page = (tmp_path / "out/report/report.md").read_text()
    assert said in page
    assert "**Outputs:** by outputs.yaml: bell: bell; noise: noise; tone: sine" in page
    predicted = pd.read_csv(tmp_path / "out/report/predictions.csv")
    assert set(predicted["label"]) == {"bell", "tone"}
    assert {"p(bell)", "p(noise)", "p(tone)"} <= set(predicted.columns)


def test_evaluate_states_what_it_cannot_use(smoke, tmp_path):
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
    assert "not the configuration of a training run, without split; name a corpus" in done.stderr
    (tmp_path / ".hydra/config.yaml").unlink()
    done = run_module("evaluate", f"checkpoint={alone}", f"hydra.run.dir={tmp_path}/out")
    assert done.returncode == 2
    assert "no run folder around it" in done.stderr
    assert "Traceback" not in done.stderr
