"""Drawn values change an experiment as a command line would."""

import optuna
import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.models import build_network
from instrument_net.search.best import experiment_file
from instrument_net.search.combinations import Combinations
from instrument_net.search.space import read_space

SPACES = sorted(path.stem for path in (CONF_DIR / "space").glob("*.yaml"))
AUGMENT = {
    "augment": {"choice": ["none", "light"]},
    "augment.mixup.probability": {"uniform": [0.1, 0.9]},
}


@pytest.fixture(autouse=True)
def conf():
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield


def combinations(space, *overrides):
    return Combinations(read_space(space), overrides)


def drawing(**values):
    return optuna.trial.FixedTrial({k.replace("__", "."): v for k, v in values.items()})


@pytest.mark.parametrize("name", SPACES)
def test_a_space_of_ours_fits_its_experiment(name):
    config = compose("search", [f"+experiment={name}", f"space={name}"])
    space = read_space(OmegaConf.to_container(config.space))
    made = Combinations(space, [f"+experiment={name}", f"space={name}", "search.trials=3"])
    assert made.base == [f"+experiment={name}"]
    assert made.reference_values is not None  # the search learns from the experiment itself
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(4):
        drawn = made.config(made.draw(study.ask()))
        build_network(**drawn.model, n_classes=3)
        instantiate(drawn.optimizer)


def test_the_space_of_the_residual_network_has_the_settings_that_matter():
    config = compose("search", ["space=residual"])
    assert set(config.space) >= {
        "optimizer.lr", "optimizer.weight_decay", "augment", "augment.mixup.probability",
        "model.dropout", "model.feature_dropout", "loss.label_smoothing", "model.filters",
        "model.fusion",
    }  # fmt: skip


def test_a_key_that_the_drawn_option_does_not_have_is_not_drawn():
    made = combinations(AUGMENT)
    assert made.draw(drawing(augment="none")) == ["augment=none"]
    changes = made.draw(drawing(augment="light", augment__mixup__probability=0.25))
    assert changes == ["augment=light", "augment.mixup.probability=0.25"]
    assert made.config(changes).augment.mixup.probability == 0.25


def test_the_values_of_the_experiment_itself():
    assert combinations(AUGMENT).reference_values == {"augment": "none"}
    light = combinations(AUGMENT, "augment=light", "augment.mixup.probability=0.5")
    assert light.reference_values == {"augment": "light", "augment.mixup.probability": 0.5}
    assert combinations(AUGMENT, "augment=light").reference_values is None  # mixup 0
    assert combinations(AUGMENT, "augment=strong").reference_values is None


def test_a_draw_takes_the_place_of_the_command_line_s_own_value():
    made = combinations(AUGMENT, "augment=light", "augment.mixup.probability=0.5", "seed=3")
    assert made.overrides([]) == made.base
    assert made.overrides(["augment=none"]) == ["seed=3", "augment=none"]


def test_options_that_do_not_fit_together_are_refused_when_drawn():
    made = combinations(AUGMENT, "augment=light", "augment.noise.probability=0")
    with pytest.raises(ConfigurationError, match=r"augment\.noise"):
        made.draw(drawing(augment="none"))


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"optimiser.lr": {"uniform": [0, 1]}},
         "space: unknown key 'optimiser.lr': did you mean 'optimizer.lr'?"),
        ({"augment": {"choice": ["none", "lite"]}},
         "space: augment has no option 'lite': did you mean 'light'?"),
        ({"augment.mixup.probability": {"uniform": [0, 1]}}, "unknown key 'augment.mixup"),
    ],
)  # fmt: skip
def test_a_key_or_an_option_that_no_combination_has_is_refused(space, said):
    with pytest.raises(ConfigurationError) as caught:
        combinations(space)
    assert said in str(caught.value)


def test_the_best_trial_is_an_experiment_that_composes_to_the_same_settings(tmp_path):
    space = read_space(
        AUGMENT
        | {
            "optimizer.lr": {"log_uniform": [1e-4, 1e-2]},
            "model.fusion": {"choice": ["gated", "a"]},
        }
    )
    made = Combinations(space, ["+experiment=residual"])
    drawn = {
        "augment": "light", "augment.mixup.probability": 0.123456, "optimizer.lr": 0.000654321,
        "model.fusion": "gated",
    }  # fmt: skip
    changes = made.draw(optuna.trial.FixedTrial(drawn))
    (tmp_path / "experiment").mkdir()
    text = experiment_file("residual", space, drawn, command="...")
    (tmp_path / "experiment/winner.yaml").write_text(text)
    config = compose(
        "cross_validate", ["+experiment=winner", f"hydra.searchpath=[file://{tmp_path}]"]
    )
    assert config == made.config(changes)
    assert config.optimizer.lr == 0.0006543
