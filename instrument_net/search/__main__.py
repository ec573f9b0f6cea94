"""Choose hyper-parameters by cross-validation.

python -m instrument_net.search +experiment=residual space=residual \
    data=manifest data.path=clips.csv split=leave_one_source_out split.sealed=[iowa_mis]
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from instrument_net.command import checked, hydra_command, run_command
from instrument_net.configuration import ConfigurationError, options_of
from instrument_net.extras import install

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra_command("search")
def _command(config: DictConfig) -> None:
    checked(search, config)


def search(config: DictConfig, overrides: list[str]) -> Path:
    """Run trials until there are as many as asked for; write the report after each.

    Args:
        config: ``conf/search.yaml`` with its stages.
        overrides: The command line's own part of it.

    Returns:
        The search's folder.

    Raises:
        ConfigurationError: If Optuna is not installed, or space, split or experiment cannot be
            used.
    """
    if find_spec("optuna") is None:
        raise ConfigurationError(f"a search of hyper-parameters needs optuna: {install('search')}")
    if "space" not in config:
        known = ", ".join(options_of("space"))
        raise ConfigurationError(
            f"space names no file of conf/space, which states what may change: space=... ({known})"
        )
    from hydra.core.hydra_config import HydraConfig

    from instrument_net.search.trials import Search

    experiment = HydraConfig.get().runtime.choices.get("experiment")
    running = Search(config, overrides=overrides, experiment=experiment)
    running.run_to(config.search.trials)
    return running.folder


if __name__ == "__main__":
    main()
