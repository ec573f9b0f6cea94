"""Clips -> train, validation and test, keeping whole what must not be torn apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from instrument_net.data.manifest import SPLIT_NAMES

# Where the user names no columns: the first that the table has and that leaves every class enough
# groups for three sides, the strictest first. A recording is never torn apart.
_DEFAULT_GROUPS = (
    ("recording_id",),
    ("instrument_id",),
    ("instrument_id", "pitch_midi"),
    ("path",),
)
_MIN_GROUPS = 3
# A clip without the value that a column asks for (a phrase has no one pitch) is told apart by how
# it was played instead.
_WHEN_BLANK = "articulation"


class SplitError(ValueError):
    """A split that cannot be made; the message names the class or column and what to do."""


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
        if self.group_by is None:
            known = [group for group in _DEFAULT_GROUPS if set(group) <= set(clips.columns)]
            # Finer groups are an answer to too few instruments only: they tear nothing else apart.
            finer = [group for group in known if group[0] == known[0][0]]
            return next((group for group in finer if _enough(clips, group)), known[0])
        missing = [column for column in self.group_by if column not in clips.columns]
        if missing or not self.group_by:
            raise SplitError(
                f"split.group_by names {missing or 'no column'}; "
                f"the table has {', '.join(clips.columns)}"
            )
        return tuple(self.group_by)

    def groups(self, clips: pd.DataFrame) -> pd.Series:
        """Return the name of the group that each clip belongs to."""
        return _group_names(clips, self.columns(clips))

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
        sides[open_rows] = self._deal(clips["label"][open_rows], groups[open_rows], wanted)
        self._check(clips["label"], sides, groups)
        return sides.rename("split")

    def _deal(self, labels: pd.Series, groups: pd.Series, wanted: dict[str, float]) -> pd.Series:
        """Deal whole groups out, label by label, rarest first: one to each side, then by need."""
        rng = np.random.default_rng(self.seed)
        side_of: dict[str, str] = {}
        per_label = groups.groupby(labels, sort=True)
        for label in per_label.nunique().sort_values(kind="stable").index:
            sizes = per_label.get_group(label).value_counts().sort_index()
            need = {side: share * int(sizes.sum()) for side, share in wanted.items()}
            empty = list(wanted)
            for group in sizes.index.intersection(list(side_of)):
                need[side_of[group]] -= int(sizes[group])
                empty = [side for side in empty if side != side_of[group]]
            for group in rng.permutation(sizes.index.difference(list(side_of)).to_numpy(dtype=str)):
                side = empty.pop(0) if empty else max(need, key=lambda side: need[side])
                side_of[str(group)] = side
                need[side] -= int(sizes[group])
        return groups.map(side_of)

    def _check(self, labels: pd.Series, sides: pd.Series, groups: pd.Series) -> None:
        counts = pd.crosstab(labels, sides).reindex(columns=list(SPLIT_NAMES), fill_value=0)
        for label, row in counts.iterrows():
            if (row == 0).any():
                empty = ", ".join(str(side) for side in row.index[row == 0])
                n_groups = groups[labels == label].nunique()
                raise SplitError(
                    f"class {label!r} has no clip for {empty}: its {int(row.sum())} clips form "
                    f"{n_groups} group(s) and a class needs at least {_MIN_GROUPS}. "
                    "Add recordings, remove the class, or let split.group_by name finer groups"
                )


def _group_names(clips: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    parts = []
    for column in columns:
        values = clips[column].astype(str)
        if _WHEN_BLANK in clips.columns:
            values = values.where(values != "", clips[_WHEN_BLANK].astype(str))
        parts.append(values)
    return pd.concat(parts, axis=1).agg(" | ".join, axis=1)


def _enough(clips: pd.DataFrame, columns: Sequence[str]) -> bool:
    per_label = _group_names(clips, columns).groupby(clips["label"]).nunique()
    return bool((per_label >= _MIN_GROUPS).all())


def shared_values(clips: pd.DataFrame, sides: pd.Series, column: str) -> float:
    """Return the share of test clips whose value of ``column`` also occurs in training.

    1.0 for ``source`` says that the test asks for no generalisation to a new collection.
    """
    known = set(clips.loc[sides == "train", column])
    return float(clips.loc[sides == "test", column].isin(known).mean())
