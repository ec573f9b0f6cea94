"""Command lines that go on with what a search has found."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from omegaconf import DictConfig

# How the folds were made; one test of the sealed sources has none.
_OF_FOLDS = ("split", "split.sealed", "only", "folds")


@dataclass(frozen=True)
class Commands:
    """What to do with the winner.

    Attributes:
        cross_validate: Shows its folds, which are done.
        test_sealed: Trains on all other sources and tests the sealed ones; ``None`` without any.
    """

    cross_validate: str
    test_sealed: str | None


def command_line(name: str, overrides: Sequence[str]) -> str:
    """Return a command of ours as one types it into a shell."""
    return f"python -m instrument_net.{name} {shlex.join(overrides)}"


def sealed_sources(config: DictConfig) -> list[str]:
    """Return the sources that the split seals; a split by something else seals none."""
    return [str(source) for source in config.split.get("sealed", [])]


def sealed_test(overrides: Sequence[str], sealed: Sequence[str]) -> str:
    """Return the command that trains on all other sources and tests the sealed ones.

    Args:
        overrides: Of the winner's cross-validation.
        sealed: At least one source.
    """
    kept = [o for o in overrides if o.lstrip("+").partition("=")[0] not in _OF_FOLDS]
    named = ",".join(f'"{source}"' for source in sealed)
    return command_line("train", [*kept, "split=by_source", f"split.test=[{named}]"])
