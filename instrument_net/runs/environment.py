"""What a run ran on: enough to tell later why a figure differs."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

_PACKAGES = (
    "instrument_net",
    "torch",
    "torchaudio",
    "lightning",
    "hydra-core",
    "torchmetrics",
    "numpy",
    "soundfile",
)


def describe_environment() -> dict[str, object]:
    """Return versions, machine kind and git commit as plain values.

    ``git_commit`` is ``None`` outside a checkout; ``git_dirty`` says that files differ from it.
    """
    import torch

    commit, n_threads = _commit(), torch.get_num_threads()
    threads = f"{n_threads} thread{'s' * (n_threads != 1)}"
    return {
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in _PACKAGES},
        "platform": platform.platform(),
        "cpu": f"{torch.backends.cpu.get_cpu_capability()}, {threads}",
        "working_directory": str(Path.cwd()),  # where relative paths of the configuration start
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "git_commit": commit,
        "git_dirty": bool(_git("status", "--porcelain")) if commit else None,
    }


def _commit() -> str | None:
    """Return the commit of the checkout; an environment within another project's is none."""
    top = _git("rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != Path(__file__).resolve().parents[2]:
        return None
    return _git("rev-parse", "HEAD")


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
