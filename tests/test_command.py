"""What stands on a command line and cannot be used is answered with one line and status 2."""

import errno
import os
import sys
from contextlib import nullcontext

import pytest
from conftest import run_module
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["optimiser.lr=1"], "optimiser: did you mean 'optimizer'?"),
        (["trainer.max_epoch=3"], "trainer.max_epoch: did you mean 'trainer.max_epochs'?"),
        (["experiment=baseline"],
         "experiment: an experiment comes with a plus, as +experiment=baseline"),
        (["+experiment=baselin"], "experiment=baselin: did you mean 'baseline'?"),
        (["model=residuel"], "model=residuel: did you mean 'residual'?"),
        (["--experiment", "baseline"],
         "--experiment: no option of this command; settings are given as key=value, an "
         "experiment as +experiment=baseline"),
        (["baseline"], "baseline: no setting; settings are given as key=value, an experiment as "
                       "+experiment=baseline"),
        (["scheduler=null"], "scheduler=null: choose one of constant, cosine"),
        (["optimizer.lr=("], "optimizer.lr=(: cannot be read as key=value"),
        (["--config-dir", "nowhere"], "config directory"),
    ],
)  # fmt: skip
def test_a_slip_on_the_command_line_is_one_line(arguments, said, tmp_path):
    done = run_module("train", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trainer=1000"], "trainer=1000: choose one of auto, cpu, ddp, gpu, slurm"),
        (["+experiment=null"], "+experiment=null: choose one of baseline"),
        (["augment={a:1}"], "augment={a:1}: choose one of light"),
        (["trainer=[red]x[/red]"], None),  # Hydra's own words for its grammar are one line
        (["~logger=0.5"], "~logger=0.5: choose one of csv, mlflow"),
        (["callbacks=[null]"], "callbacks=[null]: choose one of averaged, default"),
        (["@a=1"], "@a=1: no setting; settings are given as key=value"),
        (["--resolve"], "--resolve comes with --cfg or --help"),
        (["~"], "~: no setting; settings are given as key=value"),
        (["+="], "+=: no setting; settings are given as key=value"),
        (["seed=1", "--cfg"], "argument --cfg/-c: expected one argument; settings are given"),
        (["seed=1", "-p", "a", "seed=2"], "unrecognized arguments: seed=2; settings are given"),
        (["x" * 5_000 + "="], None),
        (["trainer=cpu,gpu", "model='residual'", "~scheduler", "+experiment=[best]"], None),
    ],
)
def test_what_hydra_answers_with_pages_is_one_line(arguments, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["train", *arguments])
    begun = []
    with nullcontext() if said is None else pytest.raises(SystemExit, match="2"):
        run_command(lambda: begun.append(True))
    assert bool(begun) == (said is None)
    printed = capsys.readouterr().err
    assert printed == "" if said is None else printed.startswith(f"error: {said}")
    assert len(printed.splitlines()) <= 1


@pytest.fixture
def composed():
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        with open_dict(config):
            del config["hydra"]
        yield config


def test_a_full_disk_is_one_line(composed, capsys):
    def task(config, overrides):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "outputs/store/x.npy")

    with pytest.raises(SystemExit) as stop:
        checked(task, composed)
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: outputs/store/x.npy: No space left on device; make room")
    assert len(said.splitlines()) == 1


def test_a_fault_of_ours_is_seen_in_full(composed):
    def task(config, overrides):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "x")

    with pytest.raises(FileNotFoundError):
        checked(task, composed)


def test_ctrl_c_outside_of_training_is_one_line(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["train"])
    with pytest.raises(SystemExit) as ended:
        run_command(interrupted)
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted\n"
