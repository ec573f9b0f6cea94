"""A value that the run could not use is answered before anything is read."""

import pytest
import torch
from conftest import run_module
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf, open_dict

from instrument_net.configuration import CONF_DIR, ConfigurationError, extend_hydra, options_of
from instrument_net.runs.checked_values import check_values

HERE = str(CONF_DIR)


@pytest.fixture(autouse=True)
def conf():
    extend_hydra()
    with initialize_config_dir(HERE, version_base="1.3"):
        yield


def checked(*overrides, command="train"):
    config = compose(command, overrides=list(overrides), return_hydra_config=True)
    choices = dict(config.hydra.runtime.choices)
    with open_dict(config):
        del config["hydra"]
    check_values(config, choices, base=command)
    return config


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["seed=-1"], "seed=-1: expected a whole number from 0 to 4294967295"),
        (["figures=bmp"], "figures=bmp: expected one of png, svg, pdf"),
        (["seed=two"], "seed=two: expected a whole number"),
        (["data.batch_size=abc"], "data.batch_size=abc: expected a whole number of 1 or more"),
        (["data.batch_size=2.5"], "data.batch_size=2.5: expected a whole number of 1 or more"),
        (["data.batch_size=true"], "data.batch_size=true: expected a whole number"),
        (["data.num_workers=-1"], "data.num_workers=-1: expected a whole number of 0 or more"),
        (["optimizer.lr=fast"], "optimizer.lr=fast: expected a number of 0 or more"),
        (["optimizer.lr=nan"], "optimizer.lr=nan: expected a number of 0 or more"),
        (["optimizer.betas=0.9"], "optimizer.betas=0.9: expected two numbers of 0 or more"),
        (["optimizer.betas=[0.9]"], "optimizer.betas=[0.9]: expected two numbers of 0 or more"),
        (["optimizer.betas=[0.9,1]"], "optimizer.betas=[0.9,1]: expected two numbers of 0 or more"),
        (["scheduler=cosine", "scheduler.warm_up=1"], "scheduler.warm_up=1: expected a number of"),
        (["trainer.max_epochs=two"], "trainer.max_epochs=two: expected a whole number of 1"),
        (["trainer.max_epochs=0"], "trainer.max_epochs=0: expected a whole number of 1 or more"),
        (["trainer.precision=fp16"], "trainer.precision=fp16: expected one of 32-true, 16-mixed"),
        (["trainer.devices=0"], "trainer.devices=0: expected their number"),
        (["trainer.accelerator=gpus"], "trainer.accelerator=gpus: expected one of auto, cpu, gpu"),
        (["+trainer.fast_dev_run=true"], "trainer.fast_dev_run=true: expected false"),
        (["+trainer.limit_val_batches=0"], "trainer.limit_val_batches=0: expected more than 0"),
        (["callbacks.divergence=3"], "callbacks.divergence=3: expected settings by their names"),
        (["data.clips_per_individual={a:1}"], "expected a whole number of 1 or more"),
        (["data.clips_per_individual={}"], "expected a whole number of 1 or more"),
        (["data.classes=${seed}"], "data.classes=0: expected a list of names"),
        (["trainer.devices=2147483648"], "trainer.devices=2147483648: expected their number"),
        (["~model.name"], "model.name is left out, but says what model is: give it, as"),
        (["~data._target_"], "data._target_ is left out, but says what data is"),
        (["loss=null"], "loss=null: expected settings by their names, as loss.log_base=..."),
        (["optimizer._target_=0.5"], "optimizer._target_=0.5: expected a class or function by"),
        (["optimizer._target_=a.B"], "optimizer._target_=a.B: expected a class or function by"),
        (["data=folder"], "data.path is missing: give it, as data.path="),
        (["data=folder", "data.path=2024"], "data.path=2024: expected a file or folder, in quotes"),
        (["data=folder", "data.path=true"], "data.path=true: expected a file or folder"),
        (["data=manifest", f"data.path={HERE}"],
         "expected a table of clips, and this is a folder: data=folder reads it"),
        (["data=folder", f"data.path={HERE}/train.yaml"], "this is a file: data=manifest reads"),
        (["data/extra=manifest", f"data.extra.manifest.path={HERE}"], "data/extra=folder reads it"),
        (["data.labels=[a,b]"], "data.labels=[a,b]: expected a file or folder"),
        (["data/extra=[orchestra,synthetic]", "data.extra.synthetic.share=1"],
         "data.extra.synthetic.share=1: expected a share of the clips of an epoch, above 0 and"),
        (["init_from=1"], "init_from=1: expected a file or folder"),
        (["split=by_source", "split.test=iowa"], "split.test=iowa: expected a list of names"),
        (["split.test_fraction=1"], "split.test_fraction=1: expected a number of 0 or more and be"),
        (["split=k_fold", "folds=1"], "folds=1: expected a whole number of 2 or more"),
        (["model.filters=many"], "model.filters=many: expected a whole number of 1 or more"),
        (["frontend.n_frames=1.5"], "frontend.n_frames=1.5: expected a whole number"),
        (["frontend.spectrogram.top_db=loud"], "frontend.spectrogram.top_db=loud: expected a num"),
        (["augment=light", "augment.noise.probability=2"],
         "augment.noise.probability=2: expected a number of 0 or more and up to 1"),
        (["compile=1"], "compile=1: expected true or false"),
        (["data.sampling=1"], "data.sampling=1: expected text"),
        (["data.classes=flute"], "data.classes=flute: expected a list of names, as [a,b], or null"),
        (["callbacks.early_stopping.patience=-1"], "patience=-1: expected a whole number of 0"),
        (["seed=${sede}"], "seed: refers to what there is not"),
        (["frontend._target_=${oc.env:NOPE}"], "frontend._target_: refers to what there is not"),
        (["data.classes=${oc.env:NOPE}"], "data.classes: refers to what there is not"),
        (["~augment"], "augment is left out, but nothing can replace it: choose one of light"),
        (["~scheduler"], "scheduler is left out, but nothing can replace it: choose one of"),
        (["~monitor"], "monitor is left out, but nothing can replace it: give it, as monitor="),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_one_line(overrides, said):
    with pytest.raises(ConfigurationError) as caught:
        checked(*overrides)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_evaluate_says_what_it_needs():
    with pytest.raises(ConfigurationError, match="checkpoint is missing: give it, as checkpoint="):
        checked(command="evaluate")
    with pytest.raises(ConfigurationError, match="explain=-1: expected a whole number of clips, 0"):
        checked("checkpoint=x", "explain=-1", command="evaluate")
    with pytest.raises(ConfigurationError, match="stress=maybe: expected true or false"):
        checked("checkpoint=x", "stress=maybe", command="evaluate")


def test_a_search_says_what_it_needs():
    with pytest.raises(ConfigurationError, match=r"search\.trials=0: expected a whole number"):
        checked("space=residual", "search.trials=0", command="search")


def test_a_device_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ConfigurationError, match=r"trainer\.accelerator=gpu: expected a device of"):
        checked("trainer=gpu")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    checked("trainer=gpu")
    with pytest.raises(ConfigurationError, match=r"trainer\.devices=2: expected 1 at most"):
        checked("trainer=gpu", "trainer.devices=2")


def test_numbers_in_lists_of_names_are_names():
    config = checked("split=by_source", "split.test=[2,b]", "split.train=[1.5]")
    assert (config.split.test, config.split.train) == (["2", "b"], ["1.5"])
    config = checked("split=leave_one_source_out", "split.sealed=[true]", "split.fold=3")
    assert (config.split.sealed, config.split.fold) == (["true"], "3")
    assert checked("split=k_fold", "split.fold=3").split.fold == 3


def test_what_is_named_is_where_the_value_stands():
    with pytest.raises(ConfigurationError, match=r"^seed=-1"):  # and not split.seed=${seed}
        checked("seed=-1")


@pytest.mark.parametrize("name", options_of("experiment"))
def test_experiments_are_of_their_kinds(name):
    checked(f"+experiment={name}")


@pytest.mark.parametrize(
    "overrides",
    [
        ["optimizer.lr=0", "seed=1", "trainer.precision=16", "trainer.devices=[0]", "compile=true"],
        ["augment=strong", "augment.trim.threshold_db=-50.5", "augment.mixup.probability=1"],
        ["+trainer.gradient_clip_val=1.0", "loss.log_base=10", "name=2024", "model=residual"],
        ["+callbacks.early_stopping.min_delta=0.01", "optimizer=adamw", "optimizer.betas=[0.9,0]"],
        ["data=folder", "data.path=nowhere", "+data.labels=null", "+trainer.fast_dev_run=false"],
        ["augment=none", "split=k_fold", "folds=5", "data.views=null"],
    ],
)  # fmt: skip
def test_values_in_range_pass(overrides):
    before = OmegaConf.to_container(compose("train", overrides=overrides))
    after = OmegaConf.to_container(checked(*overrides))
    assert after == before


@pytest.mark.slow
def test_a_run_is_not_begun(tmp_path):
    done = run_module("train", "data.batch_size=2.5", cwd=tmp_path)
    assert done.returncode == 2
    said = "error: data.batch_size=2.5: expected a whole number of 1 or more, or auto\n"
    assert done.stderr == said
    done = run_module("train", "monitor=val_loss", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'validation/loss'?" in done.stderr
    done = run_module("evaluate", cwd=tmp_path)
    assert done.returncode == 2
    assert "checkpoint is missing" in done.stderr
    assert not list(tmp_path.rglob("*.pt"))
    assert not list(tmp_path.rglob("store"))
