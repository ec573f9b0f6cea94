"""Every file under conf/ composes, holds no unknown key, and builds what it names."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import run_module
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from omegaconf import OmegaConf, open_dict

from instrument_net.baselines import BASELINES, build_baseline
from instrument_net.classifier import InstrumentClassifier
from instrument_net.configuration import (
    CONF_DIR,
    ConfigurationError,
    check_keys,
    refused_values,
)
from instrument_net.models import members_of
from instrument_net.runs.assembly import build_augmentation, hyper_parameters, loss_options

INCLUDED_ONLY = {"data/common"}  # shared by the other files of the group, not a choice of its own
FILES = sorted(
    path.relative_to(CONF_DIR).with_suffix("").as_posix() for path in CONF_DIR.rglob("*.yaml")
)
STAGES = [name for name in FILES if "/" in name and name not in INCLUDED_ONLY]
STAGES = [name for name in STAGES if not name.startswith(("experiment/", "space/"))]
# What has no default: which clips, and which sources.
NEEDED = {
    "data/manifest": ["data.path=x.csv"],
    "data/folder": ["data.path=x"],
    "data/extra/manifest": ["data.extra.path=x.csv"],
    "data/extra/folder": ["data.extra.path=x"],
    "split/by_source": ["split.test=[x]"],
}
EXPERIMENTS = [name for name in FILES if name.startswith("experiment/")]


@pytest.fixture(autouse=True)
def conf():
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield


def composed(*overrides, tmp_path="unused"):
    config = compose("train", overrides=[f"run_dir={tmp_path}", *overrides],
                     return_hydra_config=True)  # fmt: skip
    choices = dict(config.hydra.runtime.choices)
    HydraConfig.instance().set_config(config)
    with open_dict(config):
        del config["hydra"]
    return config, choices


def build(config, tmp_path):
    """Build every stage as `train` does, without rendering or reading a clip."""
    front_end = instantiate(config.frontend)
    open_data = instantiate(config.data, _partial_=True)
    datamodule = open_data(
        front_end=front_end,
        split=instantiate(config.split),
        augmentation=build_augmentation(config.augment),
    )
    options = OmegaConf.to_container(config.model, resolve=True)
    if config.model.name in BASELINES:
        model = build_baseline(**options)
    else:
        model = InstrumentClassifier(
            ["a", "b"],
            network=options,
            front_end=front_end.settings,
            optimizer=instantiate(config.optimizer),
        ).network
    callbacks = [instantiate(callback) for callback in config.callbacks.values()]
    trainer = instantiate(config.trainer, logger=instantiate(config.logger), callbacks=callbacks)
    return datamodule, model, trainer


def test_files_are_found_in_every_group():
    assert {"experiment/baseline", "experiment/smoke", "model/two_branch"} <= set(FILES)
    assert len(STAGES) >= 12


@pytest.mark.parametrize("name", [*EXPERIMENTS, *STAGES])
def test_a_file_composes_without_unknown_keys_and_builds_what_it_names(name, tmp_path):
    group, option = name.rsplit("/", 1)
    override = f"+experiment={option}" if group == "experiment" else f"{group}={option}"
    config, choices = composed(override, *NEEDED.get(name, []), tmp_path=tmp_path)
    check_keys(config, choices, base="train")
    if name == "trainer/gpu":  # building it needs a GPU
        config.trainer.accelerator = "cpu"
    datamodule, model, trainer = build(config, tmp_path)
    assert datamodule.batch_size == config.data.batch_size
    assert {type(each).__name__ for each in members_of(model)} == {config.model.name}
    assert len(members_of(model)) == config.model.get("n_members", 1)
    assert trainer.max_epochs == config.trainer.max_epochs
    assert trainer.checkpoint_callback.monitor == config.monitor
    assert trainer.early_stopping_callback.monitor == config.monitor
    augments = name in (
        "augment/light", "augment/strong", "experiment/best", "experiment/orchestra"
    )  # fmt: skip
    assert (datamodule.augmentation is not None) == augments


def test_what_a_stage_refuses_of_its_settings_is_named_after_the_stage():
    config, _ = composed("frontend=log_mel", "frontend.scale=mel")
    said = "frontend: scale must be one of log, power, pcen, got 'mel'"
    with pytest.raises(ConfigurationError, match=said), refused_values("frontend"):
        instantiate(config.frontend)
    with pytest.raises(ConfigurationError, match="model: too small"), refused_values("model"):
        raise ValueError("too small")
    with pytest.raises(TypeError), refused_values("model"):  # a slip of ours, to be seen in full
        raise TypeError


def test_the_loss_is_the_spec_s_unless_the_configuration_says_otherwise():
    class Counted:
        def n_training_clips(self):
            return [30, 10]

    config, _ = composed()
    assert loss_options(config.loss, Counted()) == {
        "log_base": "e", "label_smoothing": 0, "class_weights": None
    }  # fmt: skip
    config, _ = composed(
        "loss.log_base=10", "loss.label_smoothing=0.1", "loss.class_weights=balanced"
    )
    assert loss_options(config.loss, Counted()) == {
        "log_base": "10", "label_smoothing": 0.1, "class_weights": [pytest.approx(2 / 3), 2]
    }  # fmt: skip
    config, _ = composed("loss.class_weights=even")
    with pytest.raises(ConfigurationError, match=r"loss\.class_weights must be null or balanced"):
        loss_options(config.loss, Counted())


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_a_small_diff_that_asks_a_question_and_is_named_after_its_file(name):
    text = (CONF_DIR / f"{name}.yaml").read_text()
    assert "# Question:" in text
    assert len(text.splitlines()) <= 22
    config, _ = composed(f"+experiment={name.split('/')[1]}")
    assert config.name == name.split("/")[1]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("+trainer.max_epoch=3", "unknown key 'trainer.max_epoch': did you mean "
                                 "'trainer.max_epochs'"),
        ("+data.batchsize=3", "did you mean 'data.batch_size'"),
        ("+optimiser.lr=1", "unknown key 'optimiser': did you mean 'optimizer'"),
        ("+callbacks.early_stopping.patients=2", "'callbacks.early_stopping.patience'"),
        ("+model.filter=3", "did you mean 'model.filters'"),
        ("+sede=3", "did you mean 'seed'"),
        ("+data.extra.seed=3", "unknown key 'data.extra.seed': it comes with "
                               "data/extra=synthetic"),
        ("+augment.noise.probability=1", "unknown key 'augment.noise': it comes with "
                                         "augment=light or augment=strong"),
    ],
)  # fmt: skip
def test_a_key_that_nothing_reads_is_refused_with_the_nearest_right_one(override, said):
    config, choices = composed(override)
    with pytest.raises(ConfigurationError) as caught:
        check_keys(config, choices, base="train")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "override", ["+trainer.gradient_clip_val=1.0", "+optimizer.weight_decay=0.1",
                 "+callbacks.early_stopping.min_delta=0.01"]
)  # fmt: skip
def test_a_key_that_the_configured_class_takes_may_be_added(override):
    config, choices = composed(override)
    check_keys(config, choices, base="train")


@pytest.mark.parametrize(
    ("corpus", "other"),
    [("manifest", "synthetic"), ("folder", "manifest"), ("synthetic", "folder")],
)
def test_a_corpus_goes_with_an_extra_one(corpus, other):
    chosen = [f"data/extra={other}", *NEEDED.get(f"data/extra/{other}", []),
              f"data={corpus}", *NEEDED.get(f"data/{corpus}", [])]  # fmt: skip
    config, choices = composed(*chosen)
    check_keys(config, choices, base="train")
    assert config.data._target_.endswith(f".from_{corpus.replace('synthetic', 'synthesis')}")
    assert config.data.extra._target_.endswith(f".{other.capitalize()}Corpus")
    described = hyper_parameters(config)
    assert not any(isinstance(value, dict) for value in described.values())
    assert ("data.extra.individuals_per_class" in described) == (other == "synthetic")


def test_an_augmentation_is_switched_off_or_changed_by_its_name():
    config, choices = composed(
        "augment=light", "augment.noise.probability=0", "augment.mixup.probability=1",
        "+augment.speed.probabilty=1",
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match=r"did you mean 'augment.speed.probability'"):
        check_keys(config, choices, base="train")
    with open_dict(config):
        del config.augment.speed["probabilty"]
    check_keys(config, choices, base="train")
    chain = build_augmentation(config.augment)
    names = list(chain.waveform_augmentations)
    assert "noise" not in names
    assert names[-1] == "mixup"
    assert chain.mixes_labels


@pytest.mark.slow
@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("trainer.max_epoch=3", "trainer.max_epoch: did you mean 'trainer.max_epochs'?"),
        ("modle=two_branch", "modle: did you mean 'model'?"),
        ("+experiment=baselin", "baseline"),
        ("model=two_branches", "two_branch"),
        ("+trainer.max_epoch=3", "did you mean 'trainer.max_epochs'?"),
        ("augment.noise.probability=0.5", "augment.noise: it comes with augment=light"),
        ("data.extra.seed=1", "data.extra.seed: it comes with data/extra=synthetic"),
    ],
)
def test_the_command_names_the_nearest_right_key(override, said, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "instrument_net.train", override, f"hydra.run.dir={tmp_path}"],
        capture_output=True, text=True, cwd=Path(CONF_DIR).parent,
    )  # fmt: skip
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model=residual", "model: this command has nothing to choose there"),
        ("data/extra=synthetic", "data/extra: this command has nothing to choose there"),
        ("loger=tensorboard", "loger: did you mean 'logger'?"),
    ],
)
def test_a_stage_that_a_command_does_not_have_is_named(override, said, tmp_path):
    done = run_module("evaluate", "checkpoint=x", override, f"hydra.run.dir={tmp_path}")
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["train", "evaluate", "cross_validate", "search"])
def test_help_begins_with_what_the_command_does_and_how_it_is_called(command):
    done = run_module(command, "--help")
    assert done.returncode == 0, done.stderr
    first, _, example = done.stdout.splitlines()[:3]
    assert "Hydra" not in first
    assert example.startswith(f"  python -m instrument_net.{command} ")
