"""Every file under conf/ composes, holds no unknown key, and builds what it names."""

from importlib.util import find_spec

import pytest
from conftest import run_module
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from omegaconf import OmegaConf, open_dict

from instrument_net.configuration import (
    CONF_DIR,
    ConfigurationError,
    check_keys,
    extend_hydra,
    groups_of,
    options_of,
)
from instrument_net.models import members_of
from instrument_net.run_folder import RunFolder
from instrument_net.runs.assembly import (
    build_augmentation,
    build_baseline_model,
    build_classifier,
    build_front_end,
    build_trainer,
    is_baseline,
    loss_options,
)
from instrument_net.runs.data_assembly import build_data
from instrument_net.runs.hyper_parameters import hyper_parameters
from instrument_net.runs.monitor import Monitor
from instrument_net.runs.refused_values import refused_values

FILES = sorted(
    path.relative_to(CONF_DIR).with_suffix("").as_posix() for path in CONF_DIR.rglob("*.yaml")
)
NO_STAGES = ("experiment/", "space/", "labels/")
STAGES = [name for name in FILES if "/" in name and not name.startswith(NO_STAGES)]
STAGES += [f"data/extra/{option}" for option in options_of("data")]
# What has no default: which clips, and which sources.
NEEDED = {
    "data/manifest": ["data.path=x.csv"],
    "data/extra/manifest": ["data.extra.manifest.path=x.csv"],
    "split/by_source": ["split.test=[x]"],
}
NEEDED |= {
    f"{group}/{option}": [f"{key.format(option)}.path=x"]
    for group, key in {"data": "data", "data/extra": "data.extra.{}"}.items()
    for option in options_of("data")
    if option != "manifest" and "path: ???" in (CONF_DIR / f"data/{option}.yaml").read_text()
}
EXPERIMENTS = [name for name in FILES if name.startswith("experiment/")]
AUGMENTED = {"augment/light", "augment/spectral", "augment/strong"} | {
    f"experiment/{name}" for name in ("residual_ensemble", "best", "orchestra")
}


@pytest.fixture(autouse=True)
def conf():
    extend_hydra()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield


def composed(*overrides, tmp_path="unused", command="train"):
    config = compose(command, overrides=[f"run_dir={tmp_path}", *overrides],
                     return_hydra_config=True)  # fmt: skip
    choices = dict(config.hydra.runtime.choices)
    HydraConfig.instance().set_config(config)
    with open_dict(config):
        del config["hydra"]
    return config, choices


def build(config, tmp_path):
    """Build every stage as `train` does, without rendering or reading a clip."""
    datamodule = build_data(
        config.data,
        build_front_end(config),
        split=instantiate(config.split),
        augmentation=build_augmentation(config.augment),
    )
    if is_baseline(config):
        model = build_baseline_model(config)
    else:
        datamodule.class_names = ("a", "b")
        model = build_classifier(config, datamodule).network
    monitor = Monitor.named(config.monitor, config.tested_epoch)
    trainer = build_trainer(config, RunFolder(tmp_path), monitor)
    return datamodule, model, trainer


def test_files_are_found_in_every_group():
    assert {"experiment/baseline", "experiment/smoke", "model/two_branch"} <= set(FILES)
    assert len(STAGES) >= 12


@pytest.mark.parametrize("name", [*EXPERIMENTS, *STAGES])
def test_a_file_composes_without_unknown_keys_and_builds_what_it_names(name, tmp_path, monkeypatch):
    group, option = name.rsplit("/", 1)
    override = f"+experiment={option}" if group == "experiment" else f"{group}={option}"
    config, choices = composed(override, *NEEDED.get(name, []), tmp_path=tmp_path)
    check_keys(config, choices, base="train")
    if name == "trainer/gpu":  # building it needs a GPU
        config.trainer.accelerator = "cpu"
    if name == "trainer/slurm":  # ... what srun sets
        for variable in ("PROCID", "LOCALID", "NODEID"):
            monkeypatch.setenv(f"SLURM_{variable}", "0")
        monkeypatch.setenv("SLURM_NTASKS", "1")
        monkeypatch.setenv("SLURM_NTASKS_PER_NODE", "1")
    if name in ("logger/mlflow", "logger/wandb") and find_spec(option) is None:
        with pytest.raises(ConfigurationError, match="pip install"):
            build(config, tmp_path)
        return
    datamodule, model, trainer = build(config, tmp_path)
    assert config.data.batch_size in (datamodule.batch_size, "auto")
    assert {type(each).__name__ for each in members_of(model)} == {config.model.name}
    assert len(members_of(model)) == config.model.get("n_members", 1)
    assert trainer.max_epochs == config.trainer.max_epochs
    kept = "epoch" if config.tested_epoch == "last" else config.monitor
    assert trainer.checkpoint_callback.monitor == kept
    assert trainer.early_stopping_callback.monitor == config.monitor
    assert (datamodule.augmentation is not None) == (name in AUGMENTED)


def test_what_a_stage_refuses_of_its_settings_is_named_after_the_stage():
    config, _ = composed("frontend=log_mel", "frontend.spectrogram.scale=mel")
    said = r"^frontend\.spectrogram\.scale must be one of log, power, pcen, got 'mel'"
    with pytest.raises(ConfigurationError, match=said):
        build_front_end(config)
    with pytest.raises(ConfigurationError, match="model: too small"), refused_values("model"):
        raise ValueError("too small")
    with pytest.raises(TypeError), refused_values("model"):  # a slip of ours, to be seen in full
        raise TypeError


def test_arguments_that_a_class_lacks_or_does_not_know_are_the_configuration_s():
    for settings in ({"_target_": "fractions.Fraction", "x": 1}, {"_target_": "operator.neg"}):
        with pytest.raises(ConfigurationError, match=r"^optimizer: "), refused_values("optimizer"):
            instantiate(settings)


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
        ("+data.extra.seed=3", "unknown key 'data.extra.seed': it stands below the corpus' name, "
                               "as data.extra.synthetic.seed"),
        ("+space=residual", "space: this command has nothing to choose there"),
        ("+folds=3", "unknown key 'folds': it comes with split=k_fold"),
        ("+augment.noise.probability=1", "unknown key 'augment.noise': it comes with "
                                         "augment=light or augment=spectral or augment=strong"),
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
    assert config.data._target_.endswith(f".{corpus.capitalize()}Corpus")
    assert config.data.extra[other]._target_.endswith(f".{other.capitalize()}Corpus")
    described = hyper_parameters(config)
    assert not any(isinstance(value, dict) for value in described.values())
    assert ("data.extra.synthetic.individuals_per_class" in described) == (other == "synthetic")


@pytest.mark.parametrize("corpus", options_of("data"))
def test_the_same_yaml_serves_a_corpus_and_an_extra_one(corpus):
    """One file a corpus: what data=NAME composes is what data/extra=NAME composes."""
    first, _ = composed(f"data={corpus}")
    both, _ = composed(f"data/extra={corpus}")
    extra = OmegaConf.to_container(both.data.extra[corpus])
    assert extra.pop("share") is None
    assert extra.items() <= OmegaConf.to_container(first.data).items()
    assert extra["_target_"].startswith("instrument_net.data.corpora.")


@pytest.mark.parametrize(
    ("name", "mode"),
    [("validation/loss", "min"), ("validation/macro_f1", "max"), ("validation/accuracy", "max"),
     ("validation/macro_recall", "max")],
)  # fmt: skip
def test_the_monitor_chooses_in_the_direction_that_is_better(name, mode, tmp_path):
    config, _ = composed(f"monitor={name}")
    monitor = Monitor.named(config.monitor)
    trainer = build_trainer(config, RunFolder(tmp_path), monitor)
    for callback in (trainer.checkpoint_callback, trainer.early_stopping_callback):
        assert (callback.monitor, callback.mode) == (name, mode)


def test_a_monitor_that_nothing_logs_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigurationError, match=r"did you mean 'validation/loss'\?"):
        Monitor.named("val_loss")


def test_a_command_offers_the_groups_that_have_an_effect_in_it():
    assert groups_of("evaluate") == ["data", "logger"]
    assert "space" not in groups_of("train")
    assert set(groups_of("search")) == {*groups_of("train"), "space"}
    assert groups_of("cross_validate") == groups_of("train")
    folders = {path.name for path in CONF_DIR.iterdir() if path.is_dir()}
    assert folders - {"labels"} <= set(groups_of("search"))


@pytest.mark.parametrize("command", ["train", "evaluate", "cross_validate", "search"])
def test_no_command_writes_log_files(command):
    """Hydra's own would stand in the working folder, and make a checkout look changed."""
    logging = compose(command, return_hydra_config=True).hydra.job_logging
    assert not [handler for handler in logging.handlers.values() if "filename" in handler]


def test_folds_are_set_in_one_place():
    config, _ = composed("folds=4", command="cross_validate")
    assert instantiate(config.split).folds == 4
    with pytest.raises(Exception, match="folds"):
        composed("folds=4", "split=leave_one_source_out", command="cross_validate")


def test_a_corpus_without_its_path_is_one_line():
    config, _ = composed("data=folder")
    with pytest.raises(ConfigurationError, match=r"data\.path is missing: give it, as data\.path="):
        build(config, "unused")


def test_a_corpus_that_is_set_like_a_value_is_one_line():
    config, _ = composed("data.extra=folder")
    with pytest.raises(ConfigurationError, match=r"a corpus is chosen as data/extra=folder"):
        build(config, "unused")


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
        ("experiment=baseline", "an experiment comes with a plus, as +experiment=baseline"),
        ("model=two_branches", "two_branch"),
        ("+trainer.max_epoch=3", "did you mean 'trainer.max_epochs'?"),
        ("augment.noise.probability=0.5", "augment.noise: it comes with augment=light"),
        ("data.extra.seed=1", "data.extra.seed: it stands below the corpus' name, as"),
    ],
)
def test_the_command_names_the_nearest_right_key(override, said, tmp_path):
    done = run_module("train", override, f"hydra.run.dir={tmp_path}")
    assert done.returncode == 2
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
