"""Paths on a command line have any name."""

import random
import shlex
from pathlib import Path

import pytest
from conftest import run_module
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from instrument_net.configuration import CONF_DIR
from instrument_net.runs.data_assembly import build_corpus
from instrument_net.runs.facts import command_line
from instrument_net.runs.typed_paths import as_typed, quoted_paths

NAMES = [
    "../Samples (v2)", "Ben's takes", "Strings, low", "Käse & Brot", "take=1", "[dry]", "a$b",
    "${x}", r"\${x}", r"a\b", 'the "best"', "{x: 1}", "a:b", "a  b", "100 %", "# 1", "x ${", "2024",
    "true", "nan", "1e3", "(", "choice(a,b)", "-", "'", "*", "~x", "日本", "a\nb",
]  # fmt: skip
KEYS = ["data.path", "data.extra.folder.path", "data.extra.folder.labels", "data.labels",
        "checkpoint", "init_from", "resume_from", "data.store_dir"]  # fmt: skip


@pytest.fixture(autouse=True)
def conf():
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        yield


@pytest.mark.parametrize(
    ("key", "name"),
    [("data.path", name) for name in NAMES] + [(key, "Ben's ${x}, [low] (v2)") for key in KEYS[1:]],
)
def test_a_path_is_what_was_typed(key, name):
    command = "evaluate" if key == "checkpoint" else "train"
    chosen = ["data=folder"] if key == "data.path" else []
    chosen += ["data/extra=folder"] if key.startswith("data.extra.") else []
    typed = [*chosen, f"{key}={name}"]
    quoted = quoted_paths(typed)
    config = compose(command, quoted)
    assert OmegaConf.select(config, key) == name
    again = OmegaConf.create(OmegaConf.to_yaml(config))  # as .hydra/config.yaml is read
    assert OmegaConf.select(again, key) == name
    if key == "data.path":
        assert build_corpus(config.data, "data").path == name
    assert shlex.split(command_line(command, quoted))[3:] == typed


def test_any_name_at_random():
    letters = ["\\", "$", "${", "}", "'", '"', "a", " ", "(", "[", ",", "=", "~", ":", "é"]
    rng = random.Random(0)
    for _ in range(300):
        name = "/" + "".join(rng.choices(letters, k=6))
        quoted = quoted_paths([f"init_from={name}"])
        assert compose("train", quoted).init_from == name
        assert as_typed(*quoted) == f"init_from={name}"


def test_the_home_folder_is_found(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ben's")
    assert compose("train", quoted_paths(["init_from=~/x.ckpt"])).init_from == "/home/ben's/x.ckpt"


def test_what_hydra_understands_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = ["init_from=null", "data.path='quoted'", "split.test=[a,b]", "+experiment=best",
            "~init_from", "--multirun", "data.path=a,b", "data.path="]  # fmt: skip
    assert quoted_paths(kept) == kept
    Path("a,b").mkdir()
    Path("null").touch()
    there = ["-m", "data.path=a,b", "init_from=null"]
    assert quoted_paths(there) == ["-m", "data.path='a,b'", "init_from='null'"]
    dated = quoted_paths(["hydra.run.dir=runs (new)/${now:%Y}"])
    config = compose("train", dated, return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    assert config.hydra.run.dir.startswith("runs (new)/20")


def test_overrides_of_other_settings_are_printed_as_they_are():
    for override in ["model.fusion='gated'", "+experiment=best", "split.test=['a b']"]:
        assert as_typed(override) == override


@pytest.mark.slow
def test_a_run_of_a_folder_with_any_name_states_a_command_that_can_be_pasted(
    write_sources, tmp_path
):
    write_sources({"attic": {"flute": 3, "harp": 3}})
    (tmp_path / "clips.csv").rename(tmp_path / "Ben's ${takes}, [low] (v2).csv")
    typed = [
        "data=manifest", "data.path=Ben's ${takes}, [low] (v2).csv", "data.store_dir=store $1",
        "model=perceptron", "trainer=cpu", "trainer.max_epochs=1", "frontend=log_mel",
    ]  # fmt: skip
    done = run_module("train", *typed, "hydra.run.dir=run (1)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "run (1)/report/report.md").read_text()
    command = next(line for line in page.splitlines() if "**Command:**" in line)
    assert shlex.split(command.split("`")[1])[3:] == typed
    assert (tmp_path / "store $1").is_dir()
    checkpoint = "checkpoint=run (1)/checkpoints/best.ckpt"
    again = run_module("evaluate", checkpoint, "hydra.run.dir=again", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
