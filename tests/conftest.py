from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from filelock import FileLock

from instrument_net.configuration import CONF_DIR, extend_hydra

extend_hydra()  # for tests that compose without a command

REAL_CORPUS = Path(__file__).parents[2] / "shared/data/instruments-real/metadata.csv"

needs_real_corpus = pytest.mark.skipif(
    not REAL_CORPUS.is_file(), reason="the real recordings are not beside this checkout"
)


# Commands run in processes forked from one that has imported what they import, for which a fresh
# interpreter needs ten seconds on a slow machine. Otherwise they are as a user starts them.
FORK_SERVER = multiprocessing.get_context("forkserver")
FORK_SERVER.set_forkserver_preload(
    [
        "hydra.utils",
        "instrument_net.command",
        "instrument_net.runs.checkpoint_evaluation",
        "instrument_net.runs.cross_validation",
        "lightning",
        "matplotlib.pyplot",
        "sklearn.ensemble",
        "sklearn.pipeline",
        "tensorboard",
        "torchaudio",
        "torchmetrics",
    ]
)


def run_module(name, *arguments, cwd=None, environment=None, started=None):
    """Run a command of the project as a user does; return what it printed and its exit status.

    ``started`` is called with the process, as soon as it runs, and may end it.
    """
    arguments = [str(argument) for argument in arguments]
    environment = {key: str(value) for key, value in (environment or {}).items()}
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / stream for stream in ("stdout", "stderr")]
        process = FORK_SERVER.Process(
            target=_run_here, args=(name, arguments, cwd or CONF_DIR.parent, outputs, environment)
        )
        process.start()
        if started is not None:
            started(process)
        process.join(500)
        assert process.exitcode is not None, f"{name} {' '.join(arguments)} does not end"
        printed = [path.read_text() for path in outputs]
    return subprocess.CompletedProcess([name, *arguments], process.exitcode, *printed)


def _run_here(name, arguments, cwd, outputs, environment):
    os.chdir(cwd)
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run behind `&`
    for stream, path in zip((1, 2), outputs, strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
    sys.argv = [name, *arguments]
    runpy.run_module(f"instrument_net.{name}", run_name="__main__", alter_sys=True)


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
def shared_folder(tmp_path_factory):
    """A folder of this session, which all processes that run its tests have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def smoke_corpus(shared_folder):
    (folder := shared_folder / "corpus").mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def smoke(shared_folder, smoke_corpus):
    """Two runs of the smoke experiment with the same seed: (process, run folder) each."""
    with FileLock(shared_folder / "smoke.lock"):
        kept = shared_folder / "smoke.json"
        if not kept.is_file():
            runs = []
            for number in range(2):
                done, run = run_train(
                    shared_folder / f"smoke{number}",
                    "+experiment=smoke",
                    f"data.folder={smoke_corpus}",
                )
                assert done.returncode == 0, done.stderr
                runs.append([done.args, done.stdout, done.stderr, str(run)])
            kept.write_text(json.dumps(runs))
        runs = json.loads(kept.read_text())
    return [(subprocess.CompletedProcess(args, 0, *said), Path(run)) for args, *said, run in runs]


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


@pytest.fixture
def two_pitches(tmp_path, write_tone):
    """A folder with six recordings of each of two labels; label b sounds an octave up."""
    for label, frequency_hz in (("a", 400.0), ("b", 800.0)):
        for i in range(6):
            write_tone(f"corpus/{label}/{i}.wav", frequency_hz=frequency_hz + i)
    return tmp_path / "corpus"


@pytest.fixture
def write_sources(tmp_path, write_tone):
    """Write clips of several sources and return their table.

    A label sounds at a pitch of its own, in every source a little higher than in the one before.
    """
    pitch_hz = {"flute": 880, "harp": 220, "gong": 110, "oboe": 440, "drum": 60}

    def write(held: dict[str, dict[str, int]]) -> Path:
        """Take source -> label -> number of clips."""
        rows = []
        for detune, (source, labels) in enumerate(held.items()):
            for label, n in labels.items():
                for k in range(n):
                    name = f"{source}/{label}{k}.wav"
                    write_tone(name, frequency_hz=pitch_hz[label] * (1 + 0.02 * detune + 0.005 * k))
                    rows.append({"path": name, "label": label, "source": source})
        table = tmp_path / "clips.csv"
        pd.DataFrame(rows).to_csv(table, index=False)
        return table

    return write


@pytest.fixture
def written(tmp_path):
    """Write the sweep in one kind of file that the extra codecs reads, and return its path."""
    from encoded_sound import name_of, sweep_in

    def write(kind):
        (path := tmp_path / name_of(kind)).write_bytes(sweep_in(kind))
        return path

    return write
