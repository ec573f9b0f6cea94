"""The outcome of a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instrument_net.search.space import Value


@dataclass(frozen=True)
class Outcome:
    """A trial that is over.

    Attributes:
        number: Of the trial in the study.
        state: ``complete``, ``pruned`` (before the last fold) or ``failed``.
        value: Objective of the folds that were run; ``None`` if it failed.
        interval: 95 % interval of the value of a complete trial.
        running: Number of folds -> objective of that many first folds.
        drawn: Parameter -> value; empty for an experiment that lies outside the space.
        changes: The same as overrides; empty for the experiment as it is.
        reason: Why it failed.
    """

    number: int
    state: str
    value: float | None
    interval: tuple[float, float] | None
    running: Mapping[int, float]
    drawn: Mapping[str, Value]
    changes: Sequence[str]
    reason: str | None

    @property
    def is_reference(self) -> bool:
        """Whether this is the experiment as it is."""
        return not self.changes and self.state != "failed"


def ranked(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the best first: complete trials, then pruned by number of folds, then failed."""

    def rank(outcome: Outcome) -> tuple[bool, int, float, int]:
        value = 0.0 if outcome.value is None else outcome.value
        complete = outcome.state == "complete"
        return not complete, -len(outcome.running), -value, outcome.number

    return sorted(outcomes, key=rank)
