"""Train a network, test its best checkpoint once, and say where to look.

python -m instrument_net.train +experiment=baseline
python -m instrument_net.train +experiment=baseline data=folder data.path=recordings
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from instrument_net.command import checked, hydra_command, run_command

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main() -> None:
    """Run the command."""
    sys.argv += same_folder(sys.argv[1:])
    run_command(_command)


def same_folder(arguments: Sequence[str]) -> list[str]:
    """Return what sends a run that continues into the folder that it was in, unless told otherwise.

    Args:
        arguments: The command line.
    """
    given = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    resume_from = given.get("resume_from", "null")
    if resume_from == "null" or "hydra.run.dir" in given:
        return []
    path = Path(resume_from).expanduser()
    folder = path if path.is_dir() else path.parent.parent
    return [f"hydra.run.dir={folder}"] if folder.is_dir() else []


@hydra_command("train")
def _command(config: DictConfig) -> float:
    """Return the best value of ``monitor``, which a sweep may optimise."""
    return checked(_train, config)


def _train(config: DictConfig, overrides: list[str]) -> float:
    from instrument_net.runs.training import train

    return train(config, overrides=overrides)


if __name__ == "__main__":
    main()
