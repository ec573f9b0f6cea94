"""The split that each clip is assigned to: names, and what a split has no clip of or shares."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from instrument_net.data.grouping import MIN_GROUPS, SplitError
from instrument_net.data.manifest import SPLIT_NAMES

# Clips that are in none of the three splits.
CLASS_NOT_TRAINED = "class_not_trained"  # would be tested, but no training clip is of their class
UNUSED = "unused"  # their source is neither trained nor tested on


def check_classes(
    labels: pd.Series, splits: pd.Series, groups: pd.Series, needed: Sequence[str]
) -> None:
    """Refuse an assignment that leaves a class without clips in a split that needs them.

    Args:
        labels: Of each clip.
        splits: Of each clip.
        groups: Of each clip.
        needed: The splits in which every class must have a clip.

    Raises:
        SplitError: Naming the class, the splits and what to do.
    """
    counts = pd.crosstab(labels, splits).reindex(columns=list(needed), fill_value=0)
    for label, row in counts.iterrows():
        if (row == 0).any():
            empty = ", ".join(str(split) for split in row.index[row == 0])
            n_groups = groups[labels == label].nunique()
            raise SplitError(
                f"class {label!r} has no clip for {empty}: its {int((labels == label).sum())} "
                f"clips form {n_groups} group(s) and a class needs at least {MIN_GROUPS}. "
                "Add recordings, remove the class, or let split.group_by name finer groups"
            )


def without_untrained(labels: pd.Series, splits: pd.Series) -> pd.Series:
    """Return an official split, with ``class_not_trained`` for clips of classes not trained on.

    A class without validation or test clips stays as it is: an official split may have such.

    Args:
        labels: Of each clip.
        splits: Of each clip.

    Raises:
        SplitError: If nothing is left to train, validate or test on.
    """
    trained = labels.isin(set(labels[splits == "train"]))
    splits = splits.where(trained, CLASS_NOT_TRAINED)
    empty = [split for split in SPLIT_NAMES if not (splits == split).any()]
    if empty:
        raise SplitError(
            f"the column split leaves no clip for {' and '.join(empty)}; empty its cells to have "
            "the clips divided by whole recordings"
        )
    return splits


def missing_classes(labels: pd.Series, splits: pd.Series, split: str) -> list[str]:
    """Return the classes of the training clips that another split has no clip of, sorted by name.

    >>> labels = pd.Series(["flute", "oboe", "flute"])
    >>> missing_classes(labels, pd.Series(["train", "train", "test"]), "test")
    ['oboe']
    """
    return sorted(set(labels[splits == "train"]) - set(labels[splits == split]))


def shared_values(clips: pd.DataFrame, splits: pd.Series, column: str) -> float:
    """Return the share of test clips whose value of ``column`` also occurs in training.

    1.0 for ``source`` says that the test asks for no generalisation to a new collection. A blank
    value is shared with nothing.
    """
    known = set(clips.loc[splits == "train", column]) - {""}
    return float(clips.loc[splits == "test", column].isin(known).mean())
