"""The command that lets a checkpoint say how sure it may be."""

import pytest
import torch
import yaml
from pooled_sources import pooled_sources
from small_recogniser import save_checkpoint, small_recogniser

from instrument_net.calibrate.__main__ import main
from instrument_net.calibrate.cross_validation import unseen_predictions
from instrument_net.classifier import InstrumentClassifier
from instrument_net.evaluation import Predictions
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder

NAMES = ("flute", "harp", "oboe")
CONFIG = {"name": "residual", "split": {"_target_": "instrument_net.data.LeaveOneSourceOut"}}


@pytest.fixture
def checkpoint(tmp_path):
    recogniser = small_recogniser()
    output = recogniser.network.output
    with torch.no_grad():  # logits of about 1: with larger ones, a softmax is 1 at any temperature
        largest = recogniser.network(*recogniser.front_end(noise(recogniser))).abs().max()
        output.weight /= largest
        output.bias /= largest
    return save_checkpoint(recogniser, tmp_path / "best.ckpt", log_base="e")


def noise(recogniser):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, recogniser.front_end.num_samples, generator=generator)


@pytest.fixture
def folder(tmp_path):
    return write_cross_validation(tmp_path / "cv")


def write_cross_validation(path, *, names=NAMES, n_sources=12, config=CONFIG):
    run = RunFolder(path)
    predictions = pooled_sources(n_sources, n_classes=len(names))
    renamed = dict(zip(predictions.class_names, names, strict=True))
    clips = predictions.clips.assign(label=predictions.clips["label"].map(renamed))
    named = Predictions(clips, predictions.probabilities, names)
    for file in (run.predictions, run.config):
        file.parent.mkdir(parents=True)
    run.predictions.write_text(named.table().to_csv())
    run.folds.write_text("fold,accuracy\n")
    run.config.write_text(yaml.safe_dump(config))
    return path


def fold_of(folder, **network):
    recogniser = small_recogniser()
    fold = RunFolder(folder / "fold_attic")
    fold.best_checkpoint.parent.mkdir(parents=True)
    settings = recogniser.settings["network"] | network
    return save_checkpoint(recogniser, fold.best_checkpoint, network=settings)


def test_a_calibrated_checkpoint_is_less_sure_and_says_where_that_comes_from(
    checkpoint, folder, capsys
):
    fold_of(folder)
    before = Recogniser.from_checkpoint(checkpoint)
    assert before.certainty is None
    assert main([str(checkpoint), str(folder)]) == 0
    screen = capsys.readouterr().out
    after = Recogniser.from_checkpoint(checkpoint)
    assert after.certainty.origin.startswith("480 clips of 12 sources")
    assert after.certainty.origin in screen
    assert after.certainty.temperature == pytest.approx(3, rel=0.2)
    assert f"temperature         {after.certainty.temperature:.2f}\n" in screen
    with torch.no_grad():
        first, scaled = before(noise(before))[0], after(noise(after))[0]
    assert scaled.max() < first.max()
    assert torch.equal(scaled.argsort(), first.argsort())
    ((best, *_),) = after.sets(scaled[None], 0.9)
    assert best == after.class_names[int(scaled.argmax())]


def test_everything_else_in_the_checkpoint_stays(checkpoint, folder):
    before = torch.load(checkpoint, weights_only=True)
    assert main([str(checkpoint), str(folder)]) == 0
    after = torch.load(checkpoint, weights_only=True)
    assert after.pop("certainty")["least_probability"].keys() == {"0.8", "0.9", "0.95"}
    assert after.keys() == before.keys()
    assert after["hyper_parameters"] == before["hyper_parameters"]
    for name, weight in before["state_dict"].items():
        assert torch.equal(weight, after["state_dict"][name])
    assert [path.name for path in checkpoint.parent.glob("best*")] == ["best.ckpt"]


def test_settings_of_a_calibrated_checkpoint_bring_the_certainty_back(checkpoint, folder):
    main([str(checkpoint), str(folder)])
    recogniser = Recogniser.from_checkpoint(checkpoint)
    assert Recogniser.from_settings(recogniser.settings).certainty == recogniser.certainty


def test_what_cannot_be_used_is_refused_in_one_line_and_nothing_is_written(
    checkpoint, folder, tmp_path, capsys
):
    of_recordings = {**CONFIG, "split": {"_target_": "instrument_net.data.KFold"}}
    wrong = {
        tmp_path / "none": "no finished cross-validation; this makes one",
        write_cross_validation(
            tmp_path / "k", config=of_recordings
        ): "not tested on unseen sources",
        write_cross_validation(tmp_path / "c", names=("flute", "harp", "tuba")): (
            "only there: tuba; only in the checkpoint: oboe"
        ),
        write_cross_validation(tmp_path / "s", n_sources=2): "of 2 sources, it takes 3",
        write_cross_validation(tmp_path / "y", config=3): "not the settings of a run",
    }
    fold_of(folder, filters=5)
    wrong[folder] = "network filters=5 against 4"
    content = checkpoint.read_bytes()
    for place, reason in wrong.items():
        assert main([str(checkpoint), str(place)]) == 2
        line = capsys.readouterr().out.strip()
        assert reason in line
        assert str(place) in line
        assert "\n" not in line
    assert checkpoint.read_bytes() == content


def test_runs_that_were_tested_on_unseen_sources_do_as_well(checkpoint, folder, tmp_path):
    main([str(checkpoint), str(folder)])
    pooled = Recogniser.from_checkpoint(checkpoint).certainty
    of_source = {"name": "residual", "split": {"_target_": "instrument_net.data.BySource"}}
    whole = Predictions.from_csv(RunFolder(folder).predictions)
    for k in (0, 1):
        run = RunFolder(write_cross_validation(tmp_path / "runs" / f"fold_{k}", config=of_source))
        part = whole.of(torch.arange(480) % 2 == k)
        run.predictions.write_text(part.table().to_csv())
    assert main([str(checkpoint), str(tmp_path / "runs")]) == 0
    again = Recogniser.from_checkpoint(checkpoint).certainty
    assert again.origin == pooled.origin
    assert again.least_probability == pytest.approx(pooled.least_probability, abs=1e-4)


def seeds_of(path, n_seeds):
    """Write one fold ``n_seeds`` times, each with probabilities of its own."""
    of_source = {"name": "residual", "split": {"_target_": "instrument_net.data.BySource"}}
    for seed in range(n_seeds):
        run = RunFolder(write_cross_validation(path / f"seed_{seed}", config=of_source))
        whole = Predictions.from_csv(run.predictions)
        noise = torch.randn(
            whole.probabilities.shape, generator=torch.Generator().manual_seed(seed)
        )
        logits = whole.probabilities.log() + noise
        one = Predictions(whole.clips, logits.softmax(dim=1), whole.class_names)
        run.predictions.write_text(one.table().to_csv())
    return path


def test_runs_of_several_seeds_calibrate_an_ensemble_of_as_many(checkpoint, tmp_path, capsys):
    folder = seeds_of(tmp_path / "seeds", 2)
    parts = [Predictions.from_csv(each) for each in sorted(folder.glob("*/report/predictions.csv"))]
    pooled = unseen_predictions(folder)
    assert pooled.n_networks == 2
    expected = torch.stack([part.probabilities.log() for part in parts]).mean(dim=0).softmax(dim=1)
    torch.testing.assert_close(pooled.predictions.probabilities, expected)
    fold_of(folder)
    assert main([str(checkpoint), str(folder)]) == 2
    assert "network n_members=2 against 1" in capsys.readouterr().out


def test_folds_that_were_trained_with_other_numbers_of_seeds_are_refused(
    checkpoint, tmp_path, capsys
):
    folder = seeds_of(tmp_path / "seeds", 2)
    run = RunFolder(folder / "seed_0")
    half = Predictions.from_csv(run.predictions).of(torch.arange(480) < 240)
    run.predictions.write_text(half.table().to_csv())
    one_more = RunFolder(seeds_of(tmp_path / "more", 1) / "seed_0").path
    one_more.rename(folder / "seed_2")
    assert main([str(checkpoint), str(folder)]) == 2
    assert "some clips were tested by more networks than others" in capsys.readouterr().out


def test_a_classifier_answers_as_its_calibrated_checkpoint_does(folder, tmp_path):
    classifier = InstrumentClassifier(NAMES, network={"name": "PerceptronNet"})
    path = tmp_path / "own.ckpt"
    torch.save(
        {"state_dict": classifier.state_dict(), "hyper_parameters": dict(classifier.hparams),
         "pytorch-lightning_version": "2.6.6"}, path,
    )  # fmt: skip
    assert InstrumentClassifier.load_from_checkpoint(path).certainty is None
    assert main([str(path), str(folder)]) == 0
    loaded = InstrumentClassifier.load_from_checkpoint(path)
    assert loaded.certainty == Recogniser.from_checkpoint(path).certainty


def test_exported_weights_are_refused_before_anything_is_fitted(tmp_path, capsys):
    assert main(["pretrained", str(tmp_path / "nowhere")]) == 2
    assert "best.safetensors: exported weights, which stay as they are" in capsys.readouterr().out
