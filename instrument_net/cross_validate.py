"""Cross-validation: every clip is tested once, by a network that has not heard it.

python -m instrument_net.cross_validate +experiment=baseline folds=10
python -m instrument_net.cross_validate +experiment=baseline split=leave_one_source_out \
    data=manifest data.path=clips.csv
"""

from __future__ import annotations

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from rich.console import Console

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR
from instrument_net.runs.cross_validation import CrossValidation, run_dir_of


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="cross_validate")
def _command(config: DictConfig) -> None:
    overrides = list(HydraConfig.get().overrides.task)
    checked(lambda composed: cross_validate(composed, overrides=overrides), config)


def cross_validate(config: DictConfig, *, overrides: list[str]) -> None:
    """Train and test every fold that is not done yet, then write the summary.

    Args:
        config: ``conf/cross_validate.yaml`` with its stages.
        overrides: The command line's own part of it, for the reports.

    Raises:
        ConfigurationError: If the split has no folds, or ``only`` names a fold that there is not.
    """
    console = Console()
    validation = CrossValidation(config, overrides=overrides)
    parts = {}
    for number, fold in enumerate(validation.folds, start=1):
        if validation.is_done(fold):
            run_dir = run_dir_of(validation.folder, fold)
            console.print(f"fold {fold}: done before, {run_dir}", highlight=False, soft_wrap=True)
        else:
            console.rule(f"fold {fold} ({number} of {len(validation.folds)})")
        parts[fold] = validation.run(fold)
    validation.summarise(parts)


if __name__ == "__main__":
    main()
