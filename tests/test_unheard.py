"""benchmarks.unheard: which sources are left out together, what is run, what the tables say."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import torch
from hydra import compose, initialize_config_dir
from omegaconf import open_dict
from pooled_sources import pooled_sources

from benchmarks.unheard import __main__ as command
from benchmarks.unheard.folds import folds_of
from benchmarks.unheard.pictures import draw_pictures
from benchmarks.unheard.recipes import BEST, RECIPES
from benchmarks.unheard.scores import finished, recall_of, table_of, together
from benchmarks.unheard.sources import recall_by_sources
from benchmarks.unheard.stress import stress_table
from benchmarks.unheard.trial import Data, Trial
from instrument_net.configuration import CONF_DIR, check_keys, extend_hydra
from instrument_net.evaluation import Predictions
from instrument_net.runs.checked_values import check_values

CLASSES = ("flute", "oboe")


def clips(*rows):
    """Take (source, label, number of clips)."""
    table = [(source, label) for source, label, n in rows for _ in range(n)]
    return pd.DataFrame(table, columns=["source", "label"])


@pytest.fixture
def trial(tmp_path):
    """Make a trial, and, if it is given predictions, let it be done."""

    def make(name=BEST, seed=0, fold="0", predicted=None):
        data = Data(tmp_path / "clips.csv", tmp_path / "banks")
        made = Trial(name, RECIPES[name], seed, fold, ["hall"], data, tmp_path / "runs")
        if predicted is not None:
            made.folder.report.mkdir(parents=True)
            probabilities = torch.eye(2)[[CLASSES.index(label) for label in predicted]]
            table = pd.DataFrame(
                {
                    "path": [f"{fold}_{k}.wav" for k in range(len(predicted))],
                    "label": ["flute", "oboe"] * (len(predicted) // 2),
                    "articulation": ["phrase_test"] * 2 + [""] * (len(predicted) - 2),
                }
            )
            Predictions(table, probabilities, CLASSES).table().to_csv(made.folder.predictions)
            made.folder.report_page.touch()
        return made

    return make


def test_every_source_is_left_out_once_and_no_class_loses_two_sources_at_a_time():
    table = clips(
        ("a", "oboe", 40), ("b", "harp", 30), ("c", "oboe", 20), ("d", "harp", 25),
        ("d", "viola", 1), ("e", "oboe", 19), ("f", "viola", 20),
    )  # fmt: skip
    folds = folds_of(table)
    assert folds == {"0": ["a", "b", "f"], "1": ["d", "c"], "small": ["e"]}
    assert "small" not in folds_of(table[table["source"] != "e"])


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_a_command_line_that_train_takes(name, trial):
    extend_hydra()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", overrides=trial(name).overrides, return_hydra_config=True)
        choices = dict(config.hydra.runtime.choices)
        with open_dict(config):
            del config["hydra"]
        check_keys(config, choices, base="train")
        check_values(config, choices, base="train")
    assert config.name == "best"
    assert list(config.data.extra or {}) == [corpus for corpus, _ in RECIPES[name].extra]


def test_other_settings_have_another_folder_and_the_same_ones_the_same(trial):
    folders = {trial(name, seed).folder.path for name in ("best", "wide") for seed in (0, 1)}
    assert len(folders) == 4
    assert trial().folder == trial().folder


def test_a_score_is_the_mean_over_seeds_and_the_difference_is_on_common_clips(trial):
    right, half = ["flute", "oboe"] * 4, ["flute"] * 8
    trials = [
        trial("best", 0, predicted=right), trial("best", 1, predicted=half),
        trial("wide", 0, predicted=half), trial("wide", 2),
    ]  # fmt: skip
    table = table_of(finished(trials), {"best": "it", "wide": "more"}, "best").set_index("recipe")
    assert table.loc["best", "macro recall"].startswith("0.750 (")
    assert table.loc["best", "of each seed"] == "1.000, 0.500"
    assert table.loc["best", "averaged"].startswith("0.500")  # where they differ, flute comes first
    assert table.loc["wide", "averaged"] == ""
    assert table.loc["best", "phrases"].startswith("0.750")
    assert table.loc["best", "difference"] == ""
    assert table.loc["wide", "difference"].startswith("-0.500 (")
    assert table["clips"].tolist() == [8, 8]


def test_under_stress_clips_of_all_folds_are_pooled(trial):
    right = ["flute", "oboe"]
    trials = [trial("best", 0, "0", right * 2), trial("best", 0, "1", right)]
    for made, cut in zip(trials, [["flute"] * 4, ["flute"] * 2], strict=True):
        made.stress_folder.report.mkdir(parents=True)
        table = pd.DataFrame({"path": "x", "label": right * (len(cut) // 2), "cut": cut})
        table.to_csv(made.stress_folder.report / "stress_clips.csv", index=False)
        made.stress_folder.report_page.touch()
    table = stress_table(trials).set_index("condition")["best"]
    assert table.to_dict() == {"cut": "0.500", "as they are": "1.000"}


def test_a_fold_that_there_is_not_is_refused(tmp_path, capsys):
    table = tmp_path / "clips.csv"
    clips(("a", "oboe", 20), ("b", "oboe", 20)).to_csv(table)
    assert command.main([str(table), "--folds", "7"]) == 2
    assert "no fold 7; there are 0, 1" in capsys.readouterr().out


def test_where_every_training_failed_each_is_named_and_there_is_no_table(
    tmp_path, capsys, monkeypatch
):
    table = tmp_path / "clips.csv"
    clips(("a", "oboe", 20)).to_csv(table)
    monkeypatch.setattr(Trial, "run", lambda trial, **_: f"{trial.name} failed")
    assert command.main([str(table), "--folder", str(tmp_path / "runs")]) == 1
    assert "error: best failed" in capsys.readouterr().out
    assert not (tmp_path / "runs").exists()


def test_recall_is_set_against_the_number_of_sources_that_were_left_to_train_a_class(trial):
    trials = [trial("best", 0, "0", ["flute"] * 4), trial("best", 0, "1", ["flute", "oboe"])]
    for made, sources in zip(trials, [["a", "b"], ["a", "b", "c"]], strict=True):
        rows = [("flute", source, "train", "") for source in sources]
        rows += [("oboe", "a", "train", ""), ("oboe", "bank", "train", "soundfont")]
        rows += [("oboe", "hall", "test", ""), ("kazoo", "a", "train", "")]
        table = pd.DataFrame(rows, columns=["label", "source", "split", "extra"])
        table.to_csv(made.folder.splits, index=False)
    table = recall_by_sources(trials, "best")
    assert table.to_numpy().tolist() == [
        ["1", 2, 3, "0.500"],  # oboe: none of two found, then one of one
        ["2", 1, 2, "1.000"],
        ["3", 1, 1, "1.000"],
    ]


def test_the_pictures_are_of_the_networks_of_all_seeds_together(tmp_path):
    first = pooled_sources(12, n_classes=3)
    wrong = replace(first, probabilities=first.probabilities.roll(1, dims=1) ** 0.5)
    wrong = replace(wrong, probabilities=wrong.probabilities / wrong.probabilities.sum(1)[:, None])
    parts = {(0, "0"): first, (1, "0"): wrong}
    assert recall_of(wrong) < recall_of(together(parts))
    draw_pictures(parts, tmp_path)
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "how_sure.md").read_text()
    for picture in re.findall(r"\((how_sure/\w+\.png)\)", page):
        assert (tmp_path / picture).is_file()
    assert "how_sure/reliability.png" in page
