"""Command lines that continue with the best trial of a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omegaconf import DictConfig

from instrument_net.configuration import key_of
from instrument_net.runs.facts import command_line

# Define the folds; a test of the sealed sources has none.
_OF_FOLDS = ("split", "split.sealed", "only", "folds")


@dataclass(frozen=True)
class Commands:
    """What to run next with the best trial.

    Attributes:
        cross_validate: Shows its folds, which are done.
        test_sealed: Trains on all other sources and tests the sealed ones; ``None`` if there are
            none.
    """

    cross_validate: str
    test_sealed: str | None


def sealed_sources(config: DictConfig) -> list[str]:
    """Return the sources that the split seals; none if it does not split by source."""
    return [str(source) for source in config.split.get("sealed", [])]


def sealed_test(overrides: Sequence[str], sealed: Sequence[str]) -> str:
    """Return the command that trains on all other sources and tests the sealed ones.

    Args:
        overrides: Of the cross-validation of the best trial.
        sealed: At least one source.
    """
    kept = [o for o in overrides if key_of(o) not in _OF_FOLDS]
    named = ",".join(f'"{source}"' for source in sealed)
    return command_line("train", [*kept, "split=by_source", f"split.test=[{named}]"])
