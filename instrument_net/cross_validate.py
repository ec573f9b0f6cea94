"""Cross-validation: every clip is tested once, by a network that was not trained on it.

python -m instrument_net.cross_validate +experiment=baseline folds=10
python -m instrument_net.cross_validate +experiment=baseline split=leave_one_source_out \
    data=manifest data.path=clips.csv
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from instrument_net.command import checked, hydra_command, run_command

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra_command("cross_validate")
def _command(config: DictConfig) -> None:
    checked(_cross_validate, config)


def _cross_validate(config: DictConfig, overrides: list[str]) -> None:
    from instrument_net.runs.cross_validation import CrossValidation

    CrossValidation(config, overrides=overrides).run_all()


if __name__ == "__main__":
    main()
