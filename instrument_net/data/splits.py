"""Clips -> train, validation and test, keeping whole what must not be torn apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from instrument_net.data.grouping import (
    MIN_GROUPS,
    SplitError,
    deal,
    group_columns,
    group_names,
)
from instrument_net.data.manifest import SPLIT_NAMES


@dataclass(frozen=True)
class Split:
    """How clips are divided: by whole groups, stratified by label, seeded.

    Attributes:
        group_by: Columns whose equal values stay on one side. ``None`` takes ``recording_id``
            where there is one, else ``instrument_id``, else the file; a table in which a class has
            fewer than three instruments, which could not be on three sides, is split by
            ``instrument_id`` and ``pitch_midi``. A row with an empty value is grouped by its
            ``articulation`` instead.
        validation_fraction: Share of each label's clips aimed at, in (0, 1).
        test_fraction: Share of each label's clips aimed at, in (0, 1).
        seed: Of the shuffle; the same seed and table give the same split on any machine.
    """

    group_by: Sequence[str] | None = None
    validation_fraction: float = 0.15
    test_fraction: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse fractions that leave a side empty."""
        fractions = (self.validation_fraction, self.test_fraction)
        if min(fractions) <= 0 or sum(fractions) >= 1:
            raise SplitError(
                "validation_fraction and test_fraction must be above 0 and sum below 1, "
                f"got {self.validation_fraction} and {self.test_fraction}"
            )

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a group in this table.

        Raises:
            SplitError: If ``group_by`` names a column that the table does not have.
        """
        return group_columns(clips, self.group_by)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the group that each clip belongs to."""
        return group_names(clips, self.columns(clips))

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return ``train``, ``validation`` or ``test`` for every clip.

        Rows whose ``split`` column is filled keep it. If it fixes training and test clips but no
        validation clip, validation is cut from the training side only, so that an official test
        set stays as it is.

        Raises:
            SplitError: If a label lacks clips in one of the three; the message names it.
        """
        groups = self.groups(clips)
        fixed = clips["split"] if "split" in clips.columns else pd.Series("", index=clips.index)
        sides = fixed.copy()
        wanted = {"validation": self.validation_fraction, "test": self.test_fraction}
        if (fixed != "").all() and not (fixed == "validation").any():
            sides = sides.where(sides != "train", "")
            del wanted["test"]
        elif (fixed == "test").any():
            del wanted["test"]
        wanted["train"] = 1 - sum(wanted.values())
        open_rows = sides == ""
        sides[open_rows] = deal(
            clips["label"][open_rows], groups[open_rows], wanted, seed=self.seed
        )
        check_sides(clips["label"], sides, groups, SPLIT_NAMES)
        return sides.rename("split")


@dataclass(frozen=True)
class KFold:
    """One of K folds: its clips are the test, the rest trains and validates.

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
        return deal(clips["label"], self.groups(clips), shares, seed=self.seed)

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return ``train``, ``validation`` or ``test`` for every clip.

        Raises:
            SplitError: If a label lacks clips to train or to validate on, or the fold is empty.
        """
        groups = self.groups(clips)
        test = self.fold_of(clips) == str(self.fold)
        sides = pd.Series("test", index=clips.index, name="split")
        wanted = {"train": 1 - self.validation_fraction, "validation": self.validation_fraction}
        rest = ~test
        sides[rest] = deal(clips["label"][rest], groups[rest], wanted, seed=self.seed)
        check_sides(clips["label"], sides, groups, ("train", "validation"))
        if not test.any():
            raise SplitError(f"fold {self.fold} of {self.folds} is empty: ask for fewer folds")
        return sides


@dataclass(frozen=True)
class Everything:
    """Every clip is a test clip: a corpus that a finished model is tried on."""

    seed: int = 0

    def columns(self, clips: pd.DataFrame) -> tuple[str, ...]:
        """Return the columns that name a recording, drawn as a whole for intervals."""
        return group_columns(clips, None)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the recording that each clip belongs to."""
        return group_names(clips, self.columns(clips))

    def assign(self, clips: pd.DataFrame) -> pd.Series:
        """Return ``test`` for every clip."""
        return pd.Series("test", index=clips.index, name="split")


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
        """Return the side of each clip."""
        ...


def check_sides(
    labels: pd.Series, sides: pd.Series, groups: pd.Series, needed: Sequence[str]
) -> None:
    """Refuse a split that leaves a class without clips on a side that needs them.

    Raises:
        SplitError: Naming the class, the sides and what to do.
    """
    counts = pd.crosstab(labels, sides).reindex(columns=list(needed), fill_value=0)
    for label, row in counts.iterrows():
        if (row == 0).any():
            empty = ", ".join(str(side) for side in row.index[row == 0])
            n_groups = groups[labels == label].nunique()
            raise SplitError(
                f"class {label!r} has no clip for {empty}: its {int((labels == label).sum())} "
                f"clips form {n_groups} group(s) and a class needs at least {MIN_GROUPS}. "
                "Add recordings, remove the class, or let split.group_by name finer groups"
            )


def shared_values(clips: pd.DataFrame, sides: pd.Series, column: str) -> float:
    """Return the share of test clips whose value of ``column`` also occurs in training.

    1.0 for ``source`` says that the test asks for no generalisation to a new collection.
    """
    known = set(clips.loc[sides == "train", column])
    return float(clips.loc[sides == "test", column].isin(known).mean())
