"""Choose hyper-parameters by cross-validation.

python -m instrument_net.search +experiment=residual space=residual \
    data=manifest data.path=clips.csv split=leave_one_source_out split.sealed=[iowa_mis]
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR, ConfigurationError


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="search")
def _command(config: DictConfig) -> None:
    hydra_config = HydraConfig.get()
    overrides = list(hydra_config.overrides.task)
    experiment = hydra_config.runtime.choices.get("experiment")
    checked(lambda c: search(c, overrides=overrides, experiment=experiment), config)


def search(config: DictConfig, *, overrides: list[str], experiment: str | None) -> Path:
    """Run trials until there are as many as asked for; write the page after each.

    Args:
        config: ``conf/search.yaml`` with its stages.
        overrides: The command line's own part of it.
        experiment: That the command line names.

    Returns:
        The search's folder.

    Raises:
        ConfigurationError: If Optuna is not installed, or the space, the split or the experiment
            itself is not what it should be.
    """
    if find_spec("optuna") is None:
        raise ConfigurationError(
            'choosing hyper-parameters needs optuna: pip install -e ".[search]"'
        )
    if "space" not in config:
        known = ", ".join(sorted(file.stem for file in (CONF_DIR / "space").glob("*.yaml")))
        raise ConfigurationError(
            f"space names no file of conf/space, which says what may change: space=... ({known})"
        )
    # Here and not above: --help and a misspelled key need neither torch nor Optuna.
    from instrument_net.search.trials import Search

    running = Search(config, overrides=overrides, experiment=experiment)
    running.run_to(config.search.trials)
    return running.folder


if __name__ == "__main__":
    main()
