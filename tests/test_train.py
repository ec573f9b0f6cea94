"""The command, end to end, on a small synthetic corpus."""

import json

import pandas as pd
import pytest
import torch
from conftest import REAL_CORPUS, needs_real_corpus, run_train
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from instrument_net.classifier import InstrumentClassifier

pytestmark = pytest.mark.slow


def test_a_run_folder_holds_everything(smoke):
    _, run = smoke[0]
    for name in [
        ".hydra/config.yaml", "checkpoints/best.ckpt", "checkpoints/last.ckpt", "splits.csv",
        "rejected.csv", "environment.json", "report/report.md", "report/metrics.json",
        "report/per_class.csv", "report/predictions.csv", "report/confusion_counts.png",
        "report/report.html", "report/learning_curves.png",
        "report/confusion_normalised.csv",
    ]:  # fmt: skip
        assert (run / name).is_file(), name
    environment = json.loads((run / "environment.json").read_text())
    assert torch.__version__.startswith(environment["packages"]["torch"])
    splits = pd.read_csv(run / "splits.csv")
    assert splits["split"].value_counts().to_dict() == {"train": 6, "validation": 6, "test": 6}
    assert splits.groupby("instrument_id")["split"].nunique().eq(1).all()


def test_the_screen_says_what_came_out_and_where_to_look(smoke):
    done, run = smoke[0]
    figures = json.loads((run / "report/metrics.json").read_text())
    assert f"{figures['macro_f1']:.4f}" in done.stdout
    assert "tensorboard --logdir" in done.stdout
    assert "report.md" in done.stdout


def test_the_report_says_that_the_corpus_is_synthetic_and_how_it_was_split(smoke):
    page = (smoke[0][1] / "report/report.md").read_text()
    assert "synthetic: scores on it say nothing about real instruments" in page
    assert "**Split:** by instrument_id (seed 0): 6 train, 6 validation, 6 test clips" in page
    assert "No test clip shares its `instrument_id` with training" in page
    assert "`python -m instrument_net.train data.store_dir=" in page


def test_two_runs_with_one_seed_are_equal_to_the_last_digit(smoke):
    (_, first), (_, second) = smoke
    metrics = [(run / "report/metrics.json").read_text() for run in (first, second)]
    assert metrics[0] == metrics[1]
    weights = [
        InstrumentClassifier.load_from_checkpoint(run / "checkpoints/last.ckpt").state_dict()
        for run in (first, second)
    ]
    for name, tensor in weights[0].items():
        assert torch.equal(tensor, weights[1][name]), name


def test_the_checkpoint_gives_the_predictions_of_the_report(smoke):
    _, run = smoke[0]
    classifier = InstrumentClassifier.load_from_checkpoint(run / "checkpoints/best.ckpt")
    table = pd.read_csv(run / "report/predictions.csv")
    from instrument_net.audio import load_waveform

    for _, row in table.iterrows():
        with torch.no_grad():
            logits = classifier(*classifier.front_end(load_waveform(row["path"])[None]))
        probability = logits.softmax(1)[0, classifier.class_names.index(row["label"])]
        # 1e-3: the store holds 16 bits.
        assert probability == pytest.approx(row["true_probability"], abs=1e-3)


def test_tensorboard_gets_curves_images_sounds_graph_and_hyper_parameters(smoke):
    events = EventAccumulator(str(smoke[0][1] / "tensorboard")).Reload().Tags()
    for tag in [
        "train/loss", "train/accuracy", "train/macro_f1", "validation/loss",
        "validation/accuracy", "validation/macro_f1", "test/macro_f1", "lr-Adam",
        "train/clips_per_s",
    ]:  # fmt: skip
        assert tag in events["scalars"], tag
    assert "validation/confusion" in events["images"]
    for name in ("0_bell", "1_noise", "2_sine"):
        assert f"examples/{name}/spectrogram" in events["images"]
        assert f"examples/{name}/sound" in events["audio"]
    # TensorBoard shows nothing of a tag that two kinds of data share.
    tags = [tag for kind in ("scalars", "images", "audio") for tag in events[kind]]
    assert len(set(tags)) == len(tags)
    assert events["graph"]
    assert (smoke[0][1] / "tensorboard" / "hparams.yaml").is_file()


def test_bad_input_is_one_clear_line_and_an_exit_code(tmp_path):
    table = tmp_path / "clips.csv"
    table.write_text("path,label\nnone.wav,flute\n")
    done, _ = run_train(tmp_path, "data=manifest", f"data.path={table}")
    assert done.returncode == 2
    assert "clips.csv: no such audio file" in done.stderr
    assert "row 2" in done.stderr
    assert "Traceback" not in done.stderr


@needs_real_corpus
def test_the_real_recordings_are_read_and_split_without_a_rejection(tmp_path):
    from instrument_net.data.corpora import ManifestCorpus
    from instrument_net.data.splits import Split

    manifest = ManifestCorpus(REAL_CORPUS).read()
    assert len(manifest.clips) == 1356
    assert len(manifest.class_names) == 21
    split = Split()
    assert split.columns(manifest.clips) == ("instrument_id", "pitch_midi")
    sides = split.assign(manifest.clips)
    groups = split.groups(manifest.clips)
    assert sides.groupby(groups).agg(set).map(len).eq(1).all()
    counts = pd.crosstab(manifest.clips["label"], sides)
    assert counts.to_numpy().min() >= 1
    assert 0.12 < (sides == "test").mean() < 0.18
