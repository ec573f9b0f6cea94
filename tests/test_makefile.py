"""make: any folder name, nothing long before what can be refused at once, nothing done twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CONF_DIR

FAKE = """#!{python}
import pathlib, sys
with open("calls", "a") as file:
    file.write(repr(sys.argv[1:]) + chr(10))
if "+experiment=orchestra" in sys.argv:
    folder = pathlib.Path("outputs/orchestra")
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    (folder / "checkpoints/best.ckpt").touch()
    (folder / "checkpoints/last.ckpt").touch()
    if pathlib.Path("dies").exists():
        sys.exit(1)
    (folder / "report").mkdir(exist_ok=True)
    (folder / "report/report.md").touch()
"""


@pytest.fixture
def make(tmp_path):
    """Run make in a folder of its own, with a Python that only notes how it is called."""
    if shutil.which("make") is None:
        pytest.skip("needs make")
    shutil.copy(CONF_DIR.parent / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt", "venv/bin/uv", "venv/.ready"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    python = tmp_path / "venv/bin/python"
    python.write_text(FAKE.format(python=sys.executable))
    python.chmod(0o755)

    def run(*arguments):
        (tmp_path / "calls").write_text("")
        done = subprocess.run(
            ["make", "VENV=venv", *arguments], cwd=tmp_path, capture_output=True, text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")}, check=False,
        )  # fmt: skip
        return done, [eval(line) for line in (tmp_path / "calls").read_text().splitlines()]

    return run


def trained(calls):
    return [call[2:] for call in calls if call[1] == "instrument_net.train"]


@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_make_alone_says_what_there_is(make, arguments):
    done, calls = make(*arguments)
    assert done.returncode == 0
    for target in ("train", "orchestra", "best", "weights", "test", "check", "help"):
        assert f"  {target} " in done.stdout
    assert not calls


@pytest.mark.parametrize("name", ["my recordings", "Ben's [takes] (v2)", "a$b & c"])
def test_best_takes_any_folder_of_recordings_and_of_soundfonts(make, tmp_path, name):
    (tmp_path / name).mkdir()
    best = ["+experiment=best", "data=folder", f"data.path={name}"]
    done, calls = make("best", f"DATA={name}", "BANKS=", "ARGS=seed=1")
    assert done.returncode == 0, done.stderr
    assert trained(calls) == [[*best, "seed=1"]]
    assert done.stdout.startswith("10 epochs of 510 steps")  # how long it takes, before it starts
    _, calls = make("best", f"DATA={name}", f"BANKS={name}")
    banks = [
        "data/extra=soundfont", f"data.extra.soundfont.path={name}",
        "data.extra.soundfont.held_s=3", "data.extra_classes=shared",
    ]  # fmt: skip
    assert trained(calls) == [[*best, *banks]]


def test_best_takes_a_table_and_refuses_what_is_not_there(make, tmp_path):
    (tmp_path / "my clips.csv").touch()
    _, calls = make("best", "DATA=my clips.csv", "BANKS=")
    table = ["+experiment=best", "data=manifest", "data.path=my clips.csv"]
    assert trained(calls) == [table]
    _, calls = make("best", "DATA=my clips.csv")  # without BANKS: Debian's, if they are there
    banks = [part for part in trained(calls)[0] if part.startswith("data.extra.soundfont.path=")]
    installed = Path("/usr/share/sounds/sf2").is_dir()
    assert banks == ["data.extra.soundfont.path=/usr/share/sounds/sf2"] * installed
    done, calls = make("best", "DATA=nowhere")
    assert done.returncode != 0
    assert "nowhere is neither" in done.stderr
    assert not calls


def test_an_orchestra_that_was_interrupted_is_neither_done_nor_lost(make, tmp_path):
    (tmp_path / "dies").touch()
    done, calls = make("orchestra")
    assert done.returncode != 0
    assert (tmp_path / "outputs/orchestra/checkpoints/best.ckpt").is_file()
    (tmp_path / "dies").unlink()
    done, calls = make("orchestra")
    assert done.returncode == 0
    first = ["+experiment=orchestra", "hydra.run.dir=outputs/orchestra"]
    assert trained(calls) == [[*first, "resume_from=outputs/orchestra"]]
    _, calls = make("orchestra")
    assert not calls


def test_weights_are_trained_calibrated_and_written_with_their_card(make, tmp_path):
    (tmp_path / "my clips.csv").touch()
    done, calls = make("weights", "DATA=my clips.csv", "CALIBRATION=cv")
    assert done.returncode == 0, done.stderr
    *trainings, ensemble, calibrate, card = calls
    runs = [f"outputs/weights/seed_{seed}" for seed in range(3)]
    for seed, (run, train) in enumerate(zip(runs, trainings, strict=True)):
        assert train[1] == "instrument_net.train"
        assert {"+experiment=best", "data.path=my clips.csv", "trainer.precision=bf16-mixed",
                "data.extra.soundfont.path=outputs/weights/banks",
                f"seed={seed}", f"hydra.run.dir={run}"} <= set(train)  # fmt: skip
    banks = {path.name for path in (tmp_path / "outputs/weights/banks").iterdir()}
    assert banks <= {"FluidR3_GM.sf2", "MuseScore_General_Full.sf2"}  # the MIT licence's alone
    together = "outputs/weights/ensemble"
    assert ensemble[1:] == ["instrument_net.ensemble", *runs, "--out", together]
    assert calibrate[1:] == ["instrument_net.calibrate", together, "cv"]
    files = {option: f"instrument_net/pretrained/{name}" for option, name in
             {"--sources": "sources.csv", "--out": "best.safetensors"}.items()}  # fmt: skip
    given = [text for pair in files.items() for text in pair]
    assert card[1:] == ["instrument_net.card", together, *given]
    done, calls = make("weights", "DATA=nowhere.csv")
    assert done.returncode != 0
    assert "nowhere.csv is none" in done.stderr
    assert not calls


def test_without_runs_to_calibrate_on_weights_make_some(make, tmp_path):
    (tmp_path / "clips.csv").touch()
    done, calls = make("weights", "DATA=clips.csv")
    assert done.returncode == 0, done.stderr
    folds, _, calibrate, _ = calls[3:]
    assert folds[1:3] == ["benchmarks.unheard", "clips.csv"]
    options = {"--seeds": ["0", "1", "2"], "--banks": ["outputs/weights/banks"]}
    for option, values in options.items():  # of the trainings themselves
        start = folds.index(option) + 1
        assert folds[start : start + len(values)] == values
    assert calibrate[-1] == f"{folds[folds.index('--folder') + 1]}/best"
