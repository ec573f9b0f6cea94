"""Kill a small run again and again, continue it each time, and compare its weights.

python -m benchmarks.kills [--kills 50]

A run is started, killed by SIGKILL at a random moment, continued with ``resume_from``, killed
again, and so on; then it may end. It has to end with the weights and scores of the run that was
never killed, to the last bit. Exit status: 0 if it does, 1 if not.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track

from instrument_net.run_folder import RunFolder

_LATEST_S = 1.0  # after the first checkpoint of a start, a kill comes within so many seconds
SETTINGS = (
    "data.individuals_per_class=3",
    "data.clips_per_individual=2",
    "data.classes=[sine,noise,bell]",
    "data.batch_size=2",
    "data.sampling=class_balanced",
    "frontend.features.n_fft=1024",
    "frontend.features.hop_length=512",
    "frontend.features.n_bins=83",
    "frontend.n_frames=80",
    "trainer=cpu",
    "callbacks=averaged",
    "scheduler=cosine",
    "checkpoint_minutes=0",  # after every step
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often (default: 50)")
    parser.add_argument("--epochs", type=int, default=220, help="of the run (default: 220)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    options = parser.parse_args(arguments)
    epochs = f"trainer.max_epochs={options.epochs}"
    settings = [*SETTINGS, epochs, f"callbacks.early_stopping.patience={options.epochs}"]
    moments = random.Random(options.seed)
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = (RunFolder(Path(folder) / name) for name in ("whole", "killed"))
        _finish(settings, whole, folder)
        n_kills = 0
        for _ in track(range(options.kills), description="Killing", console=console):
            n_kills += _start_and_kill(settings, killed, folder, moments)
        _finish(settings, killed, folder)
        same = _same_weights(whole, killed) and _metrics(whole) == _metrics(killed)
    verdict = "the same weights and scores" if same else "OTHER weights or scores"
    console.print(f"{n_kills} kills of {options.kills} starts before the end: {verdict}")
    return 0 if same else 1


def _command(settings: Sequence[str], run: RunFolder) -> list[str]:
    begun = run.last_checkpoint.is_file()
    where = f"resume_from={run.path}" if begun else f"hydra.run.dir={run.path}"
    return [sys.executable, "-m", "instrument_net.train", *settings, where]


def _finish(settings: Sequence[str], run: RunFolder, folder: str) -> None:
    if not run.report_page.is_file():
        subprocess.run(_command(settings, run), cwd=folder, check=True, capture_output=True)


def _start_and_kill(
    settings: Sequence[str], run: RunFolder, folder: str, moments: random.Random
) -> int:
    """Start or continue a run and kill it; return 1, or 0 if it had ended before."""
    if run.report_page.is_file():
        return 0
    stamp = _stamp(run)
    process = subprocess.Popen(
        _command(settings, run),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Imports take most of a start: only from the first new checkpoint on is there more to lose.
    while process.poll() is None and _stamp(run) == stamp:
        time.sleep(0.01)
    time.sleep(moments.uniform(0, _LATEST_S))
    ended = process.poll() is not None
    process.kill()
    process.wait()
    return 0 if ended else 1


def _stamp(run: RunFolder) -> int:
    return run.last_checkpoint.stat().st_mtime_ns if run.last_checkpoint.is_file() else 0


def _same_weights(one: RunFolder, other: RunFolder) -> bool:
    for name in (one.best_checkpoint.name, one.last_checkpoint.name):
        a, b = (
            torch.load(run.checkpoints / name, weights_only=True)["state_dict"]
            for run in (one, other)
        )
        if a.keys() != b.keys() or not all(torch.equal(a[key], b[key]) for key in a):
            return False
    return True


def _metrics(run: RunFolder) -> object:
    return json.loads((run.report / "metrics.json").read_text())


if __name__ == "__main__":
    sys.exit(main())
