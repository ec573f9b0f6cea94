"""make: any folder name, nothing long before what can be refused at once, nothing done twice."""

import os
import shutil
import subprocess
import sys

import pytest
from conftest import CONF_DIR

FAKE = """#!{python}
import pathlib, subprocess, sys
with open("calls", "a") as file:
    file.write(repr(sys.argv[1:]) + chr(10))
if "instrument_net.runs.usable_clips" in sys.argv:
    sys.exit(subprocess.run([{python!r}, *sys.argv[1:]], env={{"PYTHONPATH": {root!r}}}).returncode)
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
    python.write_text(FAKE.format(python=sys.executable, root=str(CONF_DIR.parent)))
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
    for target in ("train", "orchestra", "best", "test", "check", "help"):
        assert f"  {target} " in done.stdout
    assert not calls


@pytest.mark.slow
@pytest.mark.parametrize("name", ["my recordings", "Ben's [takes] (v2)", "a$b & c"])
def test_best_takes_any_folder(make, tmp_path, write_tone, name):
    for label in ("flute", "harp"):
        for k in range(4):
            write_tone(f"{name}/{label}/{k}.wav")
    done, calls = make("best", f"DATA={name}", "ARGS=seed=1")
    assert done.returncode == 0, done.stderr
    orchestra = ["+experiment=orchestra", "hydra.run.dir=outputs/orchestra"]
    best = ["+experiment=best", "data=folder", f"data.path={name}", "seed=1"]
    assert trained(calls) == [orchestra, best]
    _, calls = make("best", f"DATA={name}")
    assert trained(calls) == [best[:-1]]


@pytest.mark.slow
def test_a_table_that_cannot_be_used_is_refused_before_the_orchestra(make, tmp_path):
    (tmp_path / "my clips.csv").write_text("path,label\nnone.wav,flute\n")
    done, calls = make("best", "DATA=my clips.csv")
    assert done.returncode != 0
    assert "no such audio file" in done.stderr
    assert not trained(calls)
    done, calls = make("best", "DATA=nowhere")
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
