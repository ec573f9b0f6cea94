"""What the Hydra commands have in common: how they start and how they end.

A command imports what it runs inside its task, not above: ``--help`` and a misspelled key are
answered in a second, without torch.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from hydra.core.hydra_config import HydraConfig
from hydra.errors import ConfigCompositionException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig
from rich.console import Console
from rich.markup import escape

from instrument_net.configuration import check_keys, extend_hydra, nearest_key_hint
from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.memory import keep_freed_pages

Result = TypeVar("Result")
# Of what stands on the command line; any other error of Hydra's is one of ours.
_REFUSALS = (ConfigCompositionException, MissingConfigException, OverrideParseException)


def run_command(command: Callable[[], object]) -> None:
    """Run a Hydra command.

    An override that Hydra refuses ends it with Hydra's words, a hint at the nearest right key, and
    exit status 2.
    """
    keep_freed_pages()
    extend_hydra()
    try:
        command()
    except SystemExit as stop:
        hint = nearest_key_hint(stop.__context__)
        if hint:
            print(hint, file=sys.stderr)
        if isinstance(stop.__context__, _REFUSALS):
            raise SystemExit(WRONG_INPUT_STATUS) from stop
        raise


def checked(task: Callable[[DictConfig, list[str]], Result], config: DictConfig) -> Result:
    """Check the keys of a composed configuration, then do what it describes.

    What is wrong with the input (configuration, tables, audio, checkpoints) ends the command with
    exit status 2 and one line that names it. To be called inside ``hydra.main``, which would print
    a stack.

    Args:
        task: Takes the configuration and the command line's own part of it, its overrides.
        config: As Hydra composed it.
    """
    try:
        hydra = HydraConfig.get()
        assert hydra.job.config_name is not None
        check_keys(config, hydra.runtime.choices, base=hydra.job.config_name)
        return task(config, list(hydra.overrides.task))
    except InputError as error:
        console = Console(stderr=True)
        console.print(f"[red]error:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(WRONG_INPUT_STATUS)
