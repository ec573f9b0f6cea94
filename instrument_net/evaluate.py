"""Evaluate a checkpoint: on the test split of its own run, or on any other corpus.

python -m instrument_net.evaluate checkpoint=outputs/quickstart/.../checkpoints/best.ckpt
python -m instrument_net.evaluate checkpoint=... data=folder data.path=my_recordings
python -m instrument_net.evaluate checkpoint=... explain=6
python -m instrument_net.evaluate checkpoint=... stress=true
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from instrument_net.command import checked, hydra_command, run_command

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra_command("evaluate")
def _command(config: DictConfig) -> None:
    checked(_evaluate, config)


def _evaluate(config: DictConfig, overrides: list[str]) -> None:
    from instrument_net.runs.checkpoint_evaluation import evaluate_checkpoint

    evaluate_checkpoint(config, overrides=overrides)


if __name__ == "__main__":
    main()
