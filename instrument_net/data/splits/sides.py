"""The sides of a split: their names, and what they lack or share."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from instrument_net.data.grouping import MIN_GROUPS, SplitError

# Clips that are on none of the three sides.
UNTAUGHT = "untaught"  # would be tested, but their class is in no training clip
UNUSED = "unused"  # their source is neither trained nor tested on


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


def lacking(labels: pd.Series, sides: pd.Series, side: str) -> list[str]:
    """Return the classes that training has and another side has not, in alphabetical order."""
    return sorted(set(labels[sides == "train"]) - set(labels[sides == side]))


def shared_values(clips: pd.DataFrame, sides: pd.Series, column: str) -> float:
    """Return the share of test clips whose value of ``column`` also occurs in training.

    1.0 for ``source`` says that the test asks for no generalisation to a new collection. A blank
    value is shared with nothing.
    """
    known = set(clips.loc[sides == "train", column]) - {""}
    return float(clips.loc[sides == "test", column].isin(known).mean())
