"""Each source in turn is tested, with a network that was trained on the others only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from instrument_net.data.equal_content import without_copies
from instrument_net.data.grouping import SplitError
from instrument_net.data.splits.assignment import CLASS_NOT_TRAINED, UNUSED
from instrument_net.data.splits.by_source import BySource, source_names
from instrument_net.data.splits.fold_table import tabulate_folds


@dataclass(frozen=True)
class LeaveOneSourceOut:
    """One source is tested, all others train and validate, as in :class:`BySource`.

    Attributes:
        fold: The source that is tested; ``None`` until cross-validation names one.
        sealed: Sources that are no fold and in no split of any (``unused``): nothing that is chosen
            by looking at the folds depends on them, so they are left for one last test.
        group_by: As in :class:`Split`.
        validation_fraction: Share of each label's remaining clips aimed at, in (0, 1).
        seed: Of the shuffle.
    """

    fold: str | None = None
    sealed: Sequence[str] = ()
    group_by: Sequence[str] | None = None
    validation_fraction: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a sealed source that would be tested."""
        if isinstance(self.sealed, str):
            raise SplitError(f"split.sealed must be a list of sources, got {self.sealed!r}")
        if self.fold is not None and self.fold in self.sealed:
            raise SplitError(
                f"split.fold tests the source {self.fold}, which split.sealed keeps for later"
            )

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a group."""
        return self._split(clips).columns(clips)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the group that each clip belongs to."""
        return self._split(clips).groups(clips)

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return the split of each clip; see :meth:`BySource.assign`."""
        return self._split(clips).assign(clips)

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words how a table is divided."""
        sealed = f"; sealed, in no split: {', '.join(self.sealed)}" if self.sealed else ""
        return self._split(clips).describe(clips) + sealed

    @property
    def guarantee(self) -> str:
        """What no fold's test clips have been used for."""
        sealed = ". Sealed, trained, validated and tested on by no fold: " if self.sealed else ""
        return (
            "each clip is tested with a model that has seen no clip of its source: training, "
            "scaling, stopping and the choice of the model used recordings of the other sources "
            "only. Intervals resample recordings, not sources: another source may lie outside"
            f"{sealed}{', '.join(self.sealed)}"
        )

    def fold_table(self, clips: pd.DataFrame) -> pd.DataFrame:
        """Return what is tested of each source; see :func:`tabulate_folds`.

        A source none of whose classes is in another one is no fold: 0 of its clips are tested. A
        sealed one has no row.
        """
        sources, labels = source_names(clips), clips["label"]
        unsealed = self._unsealed(clips)
        known = sources.isin(unsealed)
        splits: dict[int | str, pd.Series] = {}
        for source in unsealed:
            own = sources == source
            others = known & ~own
            if labels[own].isin(set(labels[others])).any():
                of_clips = replace(self, fold=source).assign(clips)
                splits[source] = without_copies(of_clips, clips)
            else:
                unused = pd.Series(UNUSED, index=clips.index)
                splits[source] = unused.mask(own, CLASS_NOT_TRAINED)
        return tabulate_folds(labels, splits)

    def _split(self, clips: pd.DataFrame) -> BySource:
        if self.fold is None:
            raise SplitError(
                "split.fold names no source; the table has "
                f"{', '.join(sorted(source_names(clips).unique()))}. "
                "instrument_net.cross_validate goes through all"
            )
        others = [source for source in self._unsealed(clips) if source != self.fold]
        return BySource(
            test=[self.fold],
            train=others if self.sealed else None,
            group_by=self.group_by,
            validation_fraction=self.validation_fraction,
            seed=self.seed,
        )

    def _unsealed(self, clips: pd.DataFrame) -> list[str]:
        """Return the sources that are not sealed, in alphabetical order."""
        sources = set(source_names(clips))
        unknown = sorted(set(self.sealed) - sources)
        if unknown:
            raise SplitError(
                f"split.sealed names the source {', '.join(unknown)}; the table has "
                f"{', '.join(sorted(sources))}"
            )
        unsealed = sorted(sources - set(self.sealed))
        if self.sealed and len(unsealed) < 2:
            raise SplitError(
                f"split.sealed leaves {len(unsealed)} of {len(sources)} sources; one to train on "
                "and one to test are needed"
            )
        return unsealed
