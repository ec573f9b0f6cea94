"""What the Hydra commands have in common: how they start and how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from rich.console import Console
from rich.markup import escape

from instrument_net.configuration import ConfigurationError, check_keys, nearest_key_hint
from instrument_net.memory import keep_freed_pages

WRONG_INPUT = 2

Result = TypeVar("Result")


def run_command(command: Callable[[], object]) -> None:
    """Run a Hydra command.

    An override that Hydra refuses ends it with Hydra's words and a hint at the nearest right key.
    """
    keep_freed_pages()
    try:
        command()
    except SystemExit as stop:
        hint = nearest_key_hint(stop.__context__)
        if hint:
            print(hint, file=sys.stderr)
        raise


def checked(task: Callable[[DictConfig], Result], config: DictConfig) -> Result:
    """Check the keys of a composed configuration, then do what it describes.

    What is wrong with the input (configuration, tables, audio, checkpoints) ends the command with
    exit status 2 and one line that names it. To be called inside ``hydra.main``, which would print
    a stack.
    """
    # Here and not above: --help needs no torch.
    from instrument_net.audio import AudioError
    from instrument_net.baselines import BaselineError
    from instrument_net.data import ManifestError, SplitError
    from instrument_net.recognition.recogniser import CheckpointError
    from instrument_net.runs.split_predictions import JudgingError

    try:
        runtime = HydraConfig.get()
        assert runtime.job.config_name is not None
        check_keys(config, runtime.runtime.choices, base=runtime.job.config_name)
        return task(config)
    except (
        ConfigurationError,
        ManifestError,
        SplitError,
        AudioError,
        CheckpointError,
        JudgingError,
        BaselineError,
    ) as error:
        console = Console(stderr=True)
        console.print(f"[red]error:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(WRONG_INPUT)
