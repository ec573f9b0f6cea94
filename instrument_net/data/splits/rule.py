"""What every rule of dividing clips offers."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import pandas as pd


@runtime_checkable
class SplitRule(Protocol):
    """What a data module asks of a split."""

    @property
    def seed(self) -> int:
        """Seed of the shuffle."""
        ...

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a group."""
        ...

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the group of each clip."""
        ...

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return the split of each clip: one of ``SPLIT_NAMES``, or why it is in none.

        See ``CLASS_NOT_TRAINED`` and ``UNUSED`` of :mod:`instrument_net.data.splits.assignment`.
        """
        ...

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words how a table is divided."""
        ...


@runtime_checkable
class FoldRule(SplitRule, Protocol):
    """A rule with several folds, each of which tests other clips: what cross-validation needs."""

    @property
    def fold(self) -> int | str | None:
        """Which fold is tested."""
        ...

    @property
    def guarantee(self) -> str:
        """What no fold's test clips have been used for, as half a sentence for the report."""
        ...

    def fold_table(self, clips: pd.DataFrame) -> pd.DataFrame:
        """Return what each fold of a table tests and leaves out: :func:`tabulate_folds`."""
        ...
