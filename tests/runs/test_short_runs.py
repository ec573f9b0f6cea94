"""Runs of a step or two, and settings that training meets only when it has begun."""

import pytest
from hydra import compose, initialize_config_dir

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.run_folder import RunFolder
from instrument_net.runs.training import train

SMALL = ["frontend.features.n_fft=1024", "frontend.features.hop_length=512",
         "frontend.features.n_bins=83", "frontend.n_frames=56", "model=perceptron",
         "trainer=cpu", "trainer.max_epochs=1", "data.batch_size=1", "logger=csv",
         "split.group_by=[path]"]  # fmt: skip


@pytest.fixture
def run(write_sources, tmp_path, monkeypatch):
    """Train with some overrides, on 12 clips, and return the run folder."""
    monkeypatch.chdir(tmp_path)
    write_sources({"attic": {"flute": 6, "harp": 6}})

    def run(*overrides):
        given = ["data=manifest", "data.path=clips.csv", *SMALL, *overrides]
        with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
            config = compose("train", ["run_dir=run", *given])
        train(config, overrides=given)
        return RunFolder(tmp_path / "run")

    return run


@pytest.mark.parametrize(
    "overrides",
    [
        ["scheduler.warm_up=0.5", "+trainer.limit_train_batches=2"],  # a warm-up of one step
        ["+trainer.limit_train_batches=1"],
        ["data.batch_size=64", "callbacks=averaged"],
    ],
)
def test_a_run_of_a_step_or_two_ends_with_its_report(run, overrides):
    assert run("scheduler=cosine", *overrides).report_page.is_file()


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["+trainer.limit_train_batches=0.01"], r"^trainer: You requested to check 0\.01 of the"),
        (["+trainer.check_val_every_n_epoch=5"], "ended before the first validation"),
        (["+trainer.max_steps=1"], "ended before the first validation"),
        (["optimizer.betas=[1.5,0.9]"], r"^optimizer: Invalid beta parameter at index 0: 1\.5$"),
    ],
)
def test_what_training_cannot_do_is_one_line(run, overrides, said):
    with pytest.raises(ConfigurationError, match=said) as refused:
        run(*overrides)
    assert "\n" not in str(refused.value)
