from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from instrument_net.configuration import CONF_DIR

REAL_CORPUS = Path(__file__).parents[2] / "shared/data/instruments-real/metadata.csv"

needs_real_corpus = pytest.mark.skipif(
    not REAL_CORPUS.is_file(), reason="the real recordings are not beside this checkout"
)


def run_module(name, *arguments, cwd=None):
    """Run a command of the project as a user does."""
    return subprocess.run(
        [sys.executable, "-m", f"instrument_net.{name}", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd or CONF_DIR.parent,
        timeout=500,
    )


def run_train(folder, *overrides):
    """Train into ``folder``; return the finished process and the run folder."""
    done = run_module(
        "train",
        f"hydra.run.dir={folder}/run",
        f"data.store_dir={folder}/store",
        "trainer=cpu",
        *overrides,
    )
    return done, folder / "run"


@pytest.fixture(scope="session")
def smoke_corpus(tmp_path_factory):
    return tmp_path_factory.mktemp("corpus")


@pytest.fixture(scope="session")
def smoke(tmp_path_factory, smoke_corpus):
    """Two runs of the smoke experiment with the same seed: (process, run folder) each."""
    runs = []
    for _ in range(2):
        done, run = run_train(
            tmp_path_factory.mktemp("smoke"), "+experiment=smoke", f"data.folder={smoke_corpus}"
        )
        assert done.returncode == 0, done.stderr
        runs.append((done, run))
    return runs


@pytest.fixture
def write_tone(tmp_path):
    """Write a short sine as a 16-bit file below tmp_path and return its path."""

    def write(name: str, *, frequency_hz: float = 440.0, duration_s: float = 0.3) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        time_s = np.arange(int(duration_s * 44_100)) / 44_100
        soundfile.write(path, 0.5 * np.sin(2 * np.pi * frequency_hz * time_s), 44_100)
        return path

    return write
