"""Evaluate a checkpoint: on the test split of its own run, or on any other corpus.

python -m instrument_net.evaluate checkpoint=outputs/quickstart/.../checkpoints/best.ckpt
python -m instrument_net.evaluate checkpoint=... data=folder data.path=my_recordings
python -m instrument_net.evaluate checkpoint=... explain=6
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="evaluate")
def _command(config: DictConfig) -> None:
    checked(_evaluate, config)


def _evaluate(config: DictConfig, overrides: list[str]) -> None:
    from instrument_net.runs.checkpoint_evaluation import evaluate_checkpoint

    evaluate_checkpoint(config, overrides=overrides)


if __name__ == "__main__":
    main()
