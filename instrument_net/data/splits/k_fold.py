"""K folds: every clip is tested once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from instrument_net.data.equal_content import without_copies
from instrument_net.data.grouping import SplitError, assign_groups, group_columns, group_names
from instrument_net.data.splits.assignment import check_classes
from instrument_net.data.splits.fold_table import tabulate_folds


@dataclass(frozen=True)
class KFold:
    """One of K folds: its clips are tested, the others train and validate.

    Attributes:
        fold: Which fold, from 0.
        folds: How many; each clip is tested in exactly one. A table with a column ``fold`` has
            official folds of its own, which are used instead.
        group_by: As in :class:`Split`.
        validation_fraction: Share of each label's remaining clips aimed at, in (0, 1).
        seed: Of the shuffle.
    """

    fold: int = 0
    folds: int = 10
    group_by: Sequence[str] | None = None
    validation_fraction: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no fold."""
        if self.folds < 2 or not 0 <= self.fold < self.folds:
            raise SplitError(f"fold must lie in 0 ... folds - 1, got {self.fold} of {self.folds}")
        if not 0 < self.validation_fraction < 1:
            raise SplitError(f"validation_fraction is {self.validation_fraction}, not in (0, 1)")

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a group in this table."""
        return group_columns(clips, self.group_by)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the group that each clip belongs to."""
        return group_names(clips, self.columns(clips))

    def fold_of(self, clips: pd.DataFrame) -> pd.Series:
        """Return the fold in which each clip is tested, as text.

        Raises:
            SplitError: If the table's official folds are not as many as asked for.
        """
        if "fold" in clips.columns:
            official = clips["fold"].astype(str)
            if official.nunique() != self.folds:
                raise SplitError(
                    f"the table's column fold has {official.nunique()} folds, split.folds is "
                    f"{self.folds}: set it to their number"
                )
            number = {name: str(k) for k, name in enumerate(sorted(official.unique()))}
            return official.map(number)
        shares = {str(k): 1 / self.folds for k in range(self.folds)}
        return assign_groups(clips["label"], self.groups(clips), shares, seed=self.seed)

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return ``train``, ``validation`` or ``test`` for every clip.

        Raises:
            SplitError: If a label has no clip to train or to validate on, or the fold is empty.
        """
        groups = self.groups(clips)
        test = self.fold_of(clips) == str(self.fold)
        splits = pd.Series("test", index=clips.index, name="split")
        wanted = {"train": 1 - self.validation_fraction, "validation": self.validation_fraction}
        rest = ~test
        splits[rest] = assign_groups(clips["label"][rest], groups[rest], wanted, seed=self.seed)
        check_classes(clips["label"], splits, groups, ("train", "validation"))
        if not test.any():
            raise SplitError(f"fold {self.fold} of {self.folds} is empty: ask for fewer folds")
        return splits

    @property
    def guarantee(self) -> str:
        """What no fold's test clips have been used for."""
        return (
            "each clip is tested with a model that was neither trained nor validated on its group; "
            "libraries, players and rooms may be shared"
        )

    def fold_table(self, clips: pd.DataFrame) -> pd.DataFrame:
        """Return what each of the K folds tests; see :func:`tabulate_folds`."""
        splits: dict[int | str, pd.Series] = {
            fold: without_copies(replace(self, fold=fold).assign(clips), clips)
            for fold in range(self.folds)
        }
        return tabulate_folds(clips["label"], splits)

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words how a table is divided."""
        columns = " and ".join(self.columns(clips))
        own = " of the table's own (column fold)" if "fold" in clips.columns else ""
        return f"fold {self.fold} of {self.folds}{own}, by {columns} (seed {self.seed})"
