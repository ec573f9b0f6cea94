"""The command that makes one network of several that were trained apart."""

import json

import pandas as pd
import pytest
import torch
import yaml
from small_recogniser import SETTINGS, save_checkpoint

from instrument_net.classifier import InstrumentClassifier
from instrument_net.ensemble.__main__ import main
from instrument_net.errors import WRONG_INPUT_STATUS
from instrument_net.models import members_of
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder, read_splits
from instrument_net.runs.seen_clips import seen_by

CONFIG = {"name": "best", "seed": 0, "init_from": None, "data": {"path": "clips.csv"}}


@pytest.fixture
def make_run(tmp_path):
    """Write the folder of a run; its seed draws the weights."""

    def make(seed, *, splits=("train", "validation", "test"), config=None, **network):
        torch.manual_seed(seed)
        settings = {**SETTINGS, "network": SETTINGS["network"] | network}
        run = RunFolder(tmp_path / f"run_{seed}")
        run.checkpoints.mkdir(parents=True)
        save_checkpoint(Recogniser.from_settings(settings), run.best_checkpoint)
        run.config.parent.mkdir()
        run.config.write_text(yaml.safe_dump({**CONFIG, "seed": seed, **(config or {})}))
        run.environment.write_text(json.dumps({"working_directory": str(tmp_path)}))
        clips = [f"{k}.wav" for k in range(len(splits))]
        table = pd.DataFrame({"path": clips, "split": splits, "digest": clips})
        table.to_csv(run.splits, index=False)
        return run.path

    return make


@pytest.fixture
def ensemble(tmp_path, capsys):
    """Run the command; return its status, the folder and the screen."""

    def start(*runs):
        folder = tmp_path / "ensemble"
        status = main([*map(str, runs), "--out", str(folder)])
        return status, folder, capsys.readouterr().out

    return start


def inputs(recogniser):
    generator = torch.Generator().manual_seed(0)
    return recogniser.front_end(
        torch.randn(2, recogniser.front_end.num_samples, generator=generator)
    )


def test_its_logits_are_the_mean_of_those_of_the_runs(make_run, ensemble):
    runs = [make_run(seed) for seed in range(3)]
    status, folder, screen = ensemble(*runs)
    assert status == 0
    assert "3 networks" in screen
    combined = Recogniser.from_checkpoint(folder)
    with torch.no_grad():
        alone = [Recogniser.from_checkpoint(run).network(*inputs(combined)) for run in runs]
        together = combined.network(*inputs(combined))
    torch.testing.assert_close(together, torch.stack(alone).mean(dim=0))
    assert not torch.allclose(together, alone[0])


def test_an_ensemble_counts_with_each_of_its_members(make_run, ensemble):
    status, folder, _ = ensemble(make_run(0, n_members=2), make_run(1))
    assert status == 0
    classifier = InstrumentClassifier.load_from_checkpoint(folder)
    assert len(members_of(classifier.network)) == 3
    assert classifier.hparams["network"]["n_members"] == 3


def test_what_one_network_was_trained_on_is_no_test_of_the_ensemble(make_run, ensemble):
    runs = [
        make_run(0, splits=["train", "test", "test", "validation"]),
        make_run(1, splits=["test", "validation", "test", "test"]),
    ]
    _, folder, screen = ensemble(*runs)
    splits = read_splits(RunFolder(folder))
    assert list(splits["split"]) == ["train", "validation", "test", "validation"]
    assert "1 train, 2 validation, 1 test" in screen
    assert seen_by(folder).digests == {"0.wav", "1.wav", "3.wav"}


def test_settings_are_kept_that_all_runs_share(make_run, ensemble):
    _, folder, _ = ensemble(make_run(0), make_run(1))
    kept = yaml.safe_load(RunFolder(folder).config.read_text())
    assert kept == {k: v for k, v in CONFIG.items() if k != "seed"}


@pytest.mark.parametrize("lost", ["splits", "config", "environment"])
def test_where_a_run_does_not_say_what_it_saw_nothing_is_said(make_run, ensemble, lost):
    runs = [make_run(0), make_run(1)]
    getattr(RunFolder(runs[1]), lost).unlink()
    status, folder, screen = ensemble(*runs)
    assert status == 0
    assert "not known" in screen
    assert seen_by(folder) is None


def test_runs_with_other_starts_have_seen_what_is_not_known(make_run, ensemble):
    started = make_run(1, config={"init_from": "elsewhere/best.ckpt"})
    _, folder, _ = ensemble(make_run(0), started)
    assert seen_by(folder) is None


def test_auxiliary_outputs_and_weights_of_their_classes_stay_behind(tmp_path, make_run, ensemble):
    runs = [make_run(0), make_run(1)]
    for run in runs:
        file = RunFolder(run).best_checkpoint
        content = torch.load(file, weights_only=True)
        content["hyper_parameters"] |= {
            "auxiliary_classes": ["drum"], "class_weights": [1.0, 2.0, 3.0, 4.0]
        }  # fmt: skip
        width = InstrumentClassifier(**SETTINGS).network.output.in_features
        content["state_dict"] |= {
            "auxiliary.layers.0.weight": torch.zeros(1, width),
            "auxiliary.layers.0.bias": torch.zeros(1),
        }
        torch.save(content, file)
    status, folder, _ = ensemble(*runs)
    assert status == 0
    classifier = InstrumentClassifier.load_from_checkpoint(folder)
    assert classifier.hparams["auxiliary_classes"] == []
    assert classifier.hparams["class_weights"] == [1.0, 2.0, 3.0]


def test_other_networks_are_refused_by_the_setting_that_differs(make_run, ensemble):
    runs = [make_run(0), make_run(1, filters=5)]
    status, folder, screen = ensemble(*runs)
    assert status == WRONG_INPUT_STATUS
    assert "filters=5 against 4" in screen
    assert str(runs[1]) in screen.replace("\n", "")
    assert not folder.exists()


def test_one_network_twice_is_refused(make_run, ensemble):
    run = make_run(0)
    status, _, screen = ensemble(run, run)
    assert status == WRONG_INPUT_STATUS
    assert "twice" in screen


def test_a_folder_with_something_in_it_is_refused_and_stays_as_it_is(make_run):
    runs = [make_run(0), make_run(1)]
    before = sorted(runs[1].rglob("*"))
    assert main([*map(str, runs), "--out", str(runs[1])]) == WRONG_INPUT_STATUS
    assert sorted(runs[1].rglob("*")) == before


def test_one_run_is_no_ensemble(make_run, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main([str(make_run(0)), "--out", str(tmp_path / "out")])
    assert end.value.code == WRONG_INPUT_STATUS
    assert "two runs or more" in capsys.readouterr().err
