"""The default rule: whole recordings, stratified by label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from instrument_net.data.grouping import SplitError, assign_groups, group_columns, group_names
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.splits.assignment import check_classes, without_untrained


@dataclass(frozen=True)
class Split:
    """How clips are divided: by whole groups, stratified by label, seeded.

    Attributes:
        group_by: Columns whose equal values stay in one split. ``None`` takes ``kept_whole``, which
            published corpora have, else ``recording_id``, else ``instrument_id``, else the file; a
            table in which a class has fewer than three instruments, which could not be in three
            splits, is divided by ``instrument_id`` and ``pitch_midi``. A row with an empty value is
            grouped by its ``articulation`` instead.
        validation_fraction: Share of each label's clips aimed at, in (0, 1).
        test_fraction: Share of each label's clips aimed at, in (0, 1).
        seed: Of the shuffle; the same seed and table give the same split on any machine.
    """

    group_by: Sequence[str] | None = None
    validation_fraction: float = 0.15
    test_fraction: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse fractions that leave a split empty."""
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
        validation clip, validation is taken from the training clips only, so that an official
        test set stays as it is. Where it is filled in every row, a class may be without validation
        or test clips; clips of a class without training clips are ``class_not_trained``.

        Raises:
            SplitError: If a label has no clip in one of the three; the message names it.
        """
        groups = self.groups(clips)
        fixed = _fixed(clips)
        if (fixed != "").all():
            return self._official(clips["label"], fixed, groups).rename("split")
        splits = fixed.copy()
        wanted = {"validation": self.validation_fraction, "test": self.test_fraction}
        if (fixed == "test").any():
            del wanted["test"]
        wanted["train"] = 1 - sum(wanted.values())
        open_rows = splits == ""
        splits[open_rows] = assign_groups(
            clips["label"][open_rows], groups[open_rows], wanted, seed=self.seed
        )
        check_classes(clips["label"], splits, groups, SPLIT_NAMES)
        return splits.rename("split")

    def _official(self, labels: pd.Series, fixed: pd.Series, groups: pd.Series) -> pd.Series:
        splits = fixed.copy()
        if not (fixed == "validation").any():
            rest = fixed == "train"
            shares = {"validation": self.validation_fraction, "train": 1 - self.validation_fraction}
            splits[rest] = assign_groups(labels[rest], groups[rest], shares, seed=self.seed)
            # A class whose training clips are a single group is trained and not validated on.
            untrained = rest & ~labels.isin(set(labels[splits == "train"]))
            splits[rest & groups.isin(set(groups[untrained]))] = "train"
        return without_untrained(labels, splits)

    def describe(self, clips: pd.DataFrame) -> str:
        """Return in a few words how a table is divided."""
        by = f"by {' and '.join(self.columns(clips))} (seed {self.seed})"
        fixed = _fixed(clips)
        if (fixed == "").any():
            return by
        if (fixed == "validation").any():
            return "the table's own (column split)"
        return f"the table's own (column split), of whose training clips some validate, {by}"


def _fixed(clips: pd.DataFrame) -> pd.Series:
    """Return the split that the table gives each clip, blank where it gives none."""
    return clips["split"] if "split" in clips.columns else pd.Series("", index=clips.index)
