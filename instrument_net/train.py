"""Train a network, test its best checkpoint once, and say where to look.

python -m instrument_net.train +experiment=baseline
python -m instrument_net.train +experiment=baseline data=folder data.path=recordings
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="train")
def _command(config: DictConfig) -> float:
    """Return the best value of ``monitor``, which a sweep may optimise."""
    return checked(_train, config)


def _train(config: DictConfig, overrides: list[str]) -> float:
    from instrument_net.runs.training import train

    return train(config, overrides=overrides)


if __name__ == "__main__":
    main()
