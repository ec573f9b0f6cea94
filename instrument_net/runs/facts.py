"""What a report states about how a run came about."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig

from instrument_net.data import InstrumentDataModule
from instrument_net.invocation import command_name
from instrument_net.runs.screen import shown_path
from instrument_net.runs.typed_paths import as_typed


def command_line(command: str, overrides: Sequence[str]) -> str:
    """Return a command of ours as one types it into a shell.

    A ``--config-dir`` that this process was started with is part of it.

    Args:
        command: Its name.
        overrides: Of the command line, as Hydra has read them.

    >>> command_line("train", ["+experiment=best", "data.path=my clips.csv"])
    "python -m instrument_net.train +experiment=best 'data.path=my clips.csv'"
    """
    typed = [*_config_dir(), *map(as_typed, overrides)]
    return f"{command_name(command)} {shlex.join(typed)}"


def _config_dir() -> list[str]:
    if not HydraConfig.initialized():
        return []
    sources = HydraConfig.get().runtime.config_sources
    paths = [str(source.path) for source in sources if source.provider == "command-line"]
    return ["--config-dir", str(shown_path(Path(paths[0])))] if paths else []


def facts_of_the_data(datamodule: InstrumentDataModule) -> dict[str, str]:
    """Return what was trained on, and how it was divided.

    Args:
        datamodule: Set up.
    """
    extra = datamodule.describe_extra()
    return {
        "Data": datamodule.describe(),
        **({} if extra is None else {"Extra": extra}),
        "Split": datamodule.describe_split(),
    }


def facts_of_the_machine(seed: int, environment: Mapping[str, object]) -> dict[str, str]:
    """Return what it takes to have the same scores again: seed, machine, code.

    Args:
        seed: Of the run or search.
        environment: Of :func:`instrument_net.runs.environment.describe_environment`.
    """
    return {
        "Seed": str(seed),
        "Machine": f"{environment['gpu'] or environment['cpu']}",
        "Code": _code(environment),
    }


def _code(environment: Mapping[str, object]) -> str:
    """Return the commit; outside a checkout, the version."""
    commit, packages = environment["git_commit"], environment["packages"]
    if commit is None:
        assert isinstance(packages, Mapping)
        return f"version {packages['instrument_net']}, installed: its commit is not known"
    return f"commit {commit}" + (" with uncommitted changes" if environment["git_dirty"] else "")
