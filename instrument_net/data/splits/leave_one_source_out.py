"""Each source in turn is tested, by a network that has heard only the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from instrument_net.data.grouping import SplitError
from instrument_net.data.splits.by_source import BySource, source_names
from instrument_net.data.splits.fold_table import tabulate_folds
from instrument_net.data.splits.sides import UNTAUGHT, UNUSED


@dataclass(frozen=True)
class LeaveOneSourceOut:
    """One source is the test, all others train and validate, as in :class:`BySource`.

    Attributes:
        fold: The source that is tested; ``None`` until cross-validation names one.
        group_by: As in :class:`Split`.
        validation_fraction: Share of each label's remaining clips aimed at, in (0, 1).
        seed: Of the shuffle.
    """

    fold: str | None = None
    group_by: Sequence[str] | None = None
    validation_fraction: float = 0.15
    seed: int = 0

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a group."""
        return self._split(clips).columns(clips)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the group that each clip belongs to."""
        return self._split(clips).groups(clips)

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return the side of each clip; see :meth:`BySource.assign`."""
        return self._split(clips).assign(clips)

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words how a table is divided."""
        return self._split(clips).describe(clips)

    @property
    def promise(self) -> str:
        """What no fold's test clips have been used for."""
        return (
            "each clip is judged by a model that has heard no clip of its source: training, "
            "scaling, stopping and the choice of the model saw recordings of the other sources "
            "only. Intervals draw recordings anew, not sources: another source may lie outside"
        )

    def fold_table(self, clips: pd.DataFrame) -> pd.DataFrame:
        """Return what each source tests; see :func:`tabulate_folds`.

        A source none of whose classes is in another one is no fold: it tests 0 clips.
        """
        sources, labels = source_names(clips), clips["label"]
        sides: dict[int | str, pd.Series] = {}
        for source in sorted(sources.unique()):
            own = sources == source
            if labels[own].isin(set(labels[~own])).any():
                sides[source] = replace(self, fold=source).assign(clips)
            else:
                sides[source] = pd.Series(UNUSED, index=clips.index).mask(own, UNTAUGHT)
        return tabulate_folds(labels, sides)

    def _split(self, clips: pd.DataFrame) -> BySource:
        if self.fold is None:
            raise SplitError(
                "split.fold names no source; the table has "
                f"{', '.join(sorted(source_names(clips).unique()))}. "
                "instrument_net.cross_validate goes through all"
            )
        return BySource(
            test=[self.fold],
            group_by=self.group_by,
            validation_fraction=self.validation_fraction,
            seed=self.seed,
        )
