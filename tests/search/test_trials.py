"""Trials, with a cross-validation whose accuracy is the learning rate."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf, open_dict

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.drawing import saving
from instrument_net.evaluation import Predictions, measure, pooled
from instrument_net.runs.score_settings import settings_that_change_scores
from instrument_net.search import __main__ as command
from instrument_net.search import trials
from instrument_net.search.outcome import ranked

FOLDS = ["attic", "barn", "cellar"]
N_CLIPS = 20
RATE = {"optimizer.lr": {"uniform": [0.0, 1.0]}}


@pytest.fixture(autouse=True)
def conf(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield


class CrossValidationStub:
    """Predicts as large a share of a fold's clips correctly as the learning rate."""

    log: list[tuple[float, str]]
    summarised: list[float]
    interrupt_at = -1
    continue_with: str | None = None

    def __init__(self, config, *, overrides, continue_with=None):
        CrossValidationStub.continue_with = continue_with
        self.folds, self.tested = FOLDS, "all of 3"
        self.digest = json.dumps(settings_that_change_scores(config), sort_keys=True)
        self.rule = SimpleNamespace(guarantee="each by others")
        self._rate = config.optimizer.lr

    def is_done(self, fold):
        return False

    def run(self, fold):
        CrossValidationStub.log.append((self._rate, fold))
        if len(CrossValidationStub.log) == CrossValidationStub.interrupt_at:
            raise KeyboardInterrupt
        if 0.8 < self._rate < 0.9:
            raise ConfigurationError("model: [too] wide")
        correct = torch.arange(N_CLIPS) < round(self._rate * N_CLIPS)
        clips = pd.DataFrame({"path": [f"{fold}{k}" for k in range(N_CLIPS)], "label": "a"})
        return Predictions(clips, torch.stack([correct, ~correct], dim=1).float(), ("a", "b"))

    def summarise(self, parts):
        CrossValidationStub.summarised.append(
            measure(pooled(list(parts.values()))).overall["accuracy"]
        )


@pytest.fixture(autouse=True)
def stub(monkeypatch):
    monkeypatch.setattr(trials, "CrossValidation", CrossValidationStub)
    # Drawing takes most of a trial's time here; test_plots.py covers it.
    monkeypatch.setattr(saving, "png", lambda _: b"")
    CrossValidationStub.log, CrossValidationStub.summarised, CrossValidationStub.interrupt_at = (
        [],
        [],
        -1,
    )


def searching(*overrides, space=RATE, base=("optimizer.lr=0.5",)):
    overrides = [*base, *(f"search.{override}" for override in overrides)]
    config = compose("search", ["space=residual", *overrides])
    with open_dict(config):
        config.space = OmegaConf.create(space)
    return trials.Search(config, overrides=overrides, experiment=None)


def outcomes(search):
    return search._study.outcomes()


def test_the_first_trial_is_the_experiment_as_it_is_and_every_value_the_report_s():
    search = searching()
    search.run_to(4)
    first, *others = outcomes(search)
    assert first.is_reference
    assert first.drawn == {"optimizer.lr": 0.5}
    assert first.value == 0.5
    assert [o.changes for o in others] == [[f"optimizer.lr={o.drawn['optimizer.lr']:.4g}"]
                                          for o in others]  # fmt: skip
    assert [
        o.value for o in outcomes(search) if o.state == "complete"
    ] == CrossValidationStub.summarised
    low, high = first.interval
    assert low < 0.5 < high
    assert first.running == {1: 0.5, 2: 0.5, 3: 0.5}


def test_the_objective_averages_classes_over_the_clips_of_all_folds():
    def fold(labels, right):
        paths = [f"{labels}{k}" for k in range(len(labels))]
        clips = pd.DataFrame({"path": paths, "label": list(labels)})
        says_a = torch.tensor([label == "a" for label in labels]) == torch.tensor(right)
        return Predictions(clips, torch.stack([says_a, ~says_a], dim=1).float(), ("a", "b"))

    parts = {"attic": fold("aaab", [True, False, False, True]), "barn": fold("a", [True])}
    # a: 2 of 4, b: 1 of 1; the folds' own values are 2/3 and 1.
    assert trials.objective(parts) == pytest.approx(0.75)


def test_an_experiment_outside_the_space_is_run_all_the_same():
    search = searching(base=("optimizer.lr=2",))
    search.run_to(1)
    (first,) = outcomes(search)
    assert first.is_reference
    assert first.drawn == {}
    assert first.value == 1


def test_an_interrupted_search_goes_on_with_the_same_trial_and_draws_the_same(
    tmp_path, monkeypatch
):
    whole = searching()
    whole.run_to(6)
    expected = [(o.changes, o.state, o.value) for o in outcomes(whole)]
    assert len({tuple(changes) for changes, _, _ in expected}) == 6
    runs = CrossValidationStub.log

    (tmp_path / "again").mkdir()
    monkeypatch.chdir(tmp_path / "again")
    CrossValidationStub.log, CrossValidationStub.interrupt_at = (
        [],
        8,
    )  # in the second fold of the third trial
    with pytest.raises(KeyboardInterrupt):
        searching().run_to(6)
    goes_on = "python -m instrument_net.search optimizer.lr=0.5"  # not a fold's command of train
    assert CrossValidationStub.continue_with == goes_on
    assert (searching().folder / "report.md").is_file()
    CrossValidationStub.interrupt_at = -1
    searching().run_to(4)
    again = searching()
    again.run_to(6)
    assert [(o.changes, o.state, o.value) for o in outcomes(again)] == expected
    assert CrossValidationStub.log == runs[:8] + runs[6:]  # nothing else was run twice
    n_runs = len(CrossValidationStub.log)
    searching().run_to(6)
    assert len(CrossValidationStub.log) == n_runs


def test_an_interrupted_first_trial_is_still_the_experiment_as_it_is():
    CrossValidationStub.interrupt_at = 2
    with pytest.raises(KeyboardInterrupt):
        searching().run_to(1)
    again = searching()
    again.run_to(1)
    (first,) = outcomes(again)
    assert first.is_reference
    assert first.value == 0.5


def test_a_trial_below_the_median_is_pruned_and_its_other_folds_are_not_run():
    search = searching("startup_trials=1", "warm_up_folds=2", base=("optimizer.lr=0.95",))
    search.run_to(4)
    pruned = [o for o in outcomes(search) if o.state == "pruned"]
    assert pruned
    for outcome in pruned:
        assert set(outcome.running) == {1, 2}
        rate = float(outcome.changes[0].partition("=")[2])
        assert [fold for r, fold in CrossValidationStub.log if r == rate] == ["attic", "barn"]
    best = ranked(outcomes(search))[0]
    assert best.state == "complete"
    assert best.value == max(o.value for o in outcomes(search) if o.state == "complete")
    page = (search.folder / "report.md").read_text()
    assert f"{len(pruned)} pruned" in page


def test_settings_that_do_not_fit_together_fail_with_a_reason_and_the_search_goes_on():
    search = searching(space={"optimizer.lr": {"choice": [0.5, 0.7, 0.85]}})
    search.run_to(8)
    failed = [o for o in outcomes(search) if o.state == "failed"]
    assert failed
    assert {tuple(o.changes) for o in failed} == {("optimizer.lr=0.85",)}
    assert {o.reason for o in failed} == {"model: [too] wide"}
    assert len(outcomes(search)) == 8
    assert (
        r"| failed: model: \[too\] wide | optimizer.lr=0.85 |"
        in (search.folder / "report.md").read_text()
    )


def test_a_combination_that_does_not_compose_fails_too():
    search = searching(
        base=("optimizer.lr=0.5", "augment=light", "augment.noise.probability=0"),
        space={"augment": {"choice": ["none", "light"]}},
    )
    search.run_to(6)
    assert {o.state for o in outcomes(search)} == {"complete", "failed"}
    assert all("augment.noise" in o.reason for o in outcomes(search) if o.state == "failed")


def test_an_error_in_the_experiment_itself_ends_the_search():
    with pytest.raises(ConfigurationError, match=r"too\] wide"):
        searching(base=("optimizer.lr=0.85",)).run_to(3)


def test_the_page_and_the_best_settings():
    search = searching()
    search.run_to(7)
    page = (search.folder / "report.md").read_text()
    best = ranked(outcomes(search))[0]
    (change,) = best.changes
    assert f"## Best: trial {best.number}, {best.value:.4f}" in page
    assert f"python -m instrument_net.cross_validate {change}\n" in page
    assert "Never seen:** nothing: no source is sealed" in page
    assert "7 of 20: " in page
    assert "all of 3: attic, barn, cellar; each by others" in page
    for name in ("history", "running", "slices", "importances"):
        assert f"({name}.png)" in page
        assert (search.folder / f"{name}.png").is_file()
    winner = OmegaConf.load(search.folder / "best.yaml")
    assert winner == {
        "defaults": ["_self_"], "optimizer": {"lr": float(change.partition("=")[2])}
    }  # fmt: skip


def test_too_few_trials_leave_the_importances_out():
    search = searching()
    search.run_to(1)
    page = (search.folder / "report.md").read_text()
    assert "the experiment as it is" in page
    assert "importances.png" not in page
    assert "it needs 5 complete trials" in page
    assert OmegaConf.load(search.folder / "best.yaml") == {"defaults": ["_self_"]}


def test_other_settings_are_another_search_and_more_trials_are_not():
    folder = searching().folder
    assert searching("trials=99").folder == folder
    assert searching(base=("optimizer.lr=0.6",)).folder != folder
    assert searching(space={"optimizer.lr": {"uniform": [0, 0.9]}}).folder != folder


def test_a_search_of_no_trials_is_refused():
    with pytest.raises(ConfigurationError, match=r"search\.trials must be 1 or more, got 0"):
        searching("trials=0")


def test_without_optuna_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    config = compose("search", ["space=residual"])
    with pytest.raises(ConfigurationError, match=r"needs optuna: pip install .*\[search\]"):
        command.search(config, overrides=[])
