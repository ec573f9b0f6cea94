"""Which clips form a group, and which split each whole group is assigned to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from instrument_net.data.equal_content import joined, one_name_a_file
from instrument_net.data.linked import linked
from instrument_net.errors import InputError

# Column of published corpora: what a split must keep whole, by :func:`connected`.
KEPT_WHOLE = "kept_whole"
# Where the user names no columns: the first that the table has and that leaves every class enough
# groups for three splits, the strictest first. A recording is never divided.
_DEFAULT_GROUPS = (
    (KEPT_WHOLE,),
    ("recording_id",),
    ("instrument_id",),
    ("instrument_id", "pitch_midi"),
    ("path",),
)
MIN_GROUPS = 3
# A clip without the value of a column (a phrase has no single pitch) is grouped by how it was
# played instead.
_WHEN_BLANK = "articulation"
# ... which says nothing about these.
_IDENTIFIERS = {KEPT_WHOLE, "recording_id", "instrument_id"}


class SplitError(InputError):
    """A split that cannot be made; the message names the class or column and what to do."""


def group_columns(clips: pd.DataFrame, group_by: Sequence[str] | None) -> tuple[str, ...]:
    """Return the columns that name a group in a table.

    Args:
        clips: The table.
        group_by: The columns that the user named, or ``None`` for the strictest that leave every
            class at least three groups.

    Raises:
        SplitError: If ``group_by`` names a column that the table does not have.
    """
    if group_by is None:
        known = [group for group in _DEFAULT_GROUPS if set(group) <= set(clips.columns)]
        # Finer groups are for tables with too few instruments only: no recording is divided.
        finer = [group for group in known if group[0] == known[0][0]]
        return next((group for group in finer if _enough(clips, group)), known[0])
    missing = [column for column in group_by if column not in clips.columns]
    if missing or not group_by:
        raise SplitError(
            f"split.group_by names {missing or 'no column'}; "
            f"the table has {', '.join(clips.columns)}"
        )
    return tuple(group_by)


def group_names(clips: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return the name of the group that each clip belongs to: its values in these columns.

    Clips of equal content, where the table has their digests, are in one group.
    """
    parts = []
    for column in columns:
        values = one_name_a_file(clips[column]) if column == "path" else clips[column].astype(str)
        if _WHEN_BLANK in clips.columns and column not in _IDENTIFIERS:
            values = values.where(values != "", clips[_WHEN_BLANK].astype(str))
        # What is not known is not one and the same: of all blank ones, each file is by itself.
        values = values.where(values != "", one_name_a_file(clips["path"]))
        parts.append(values)
    names, *others = parts
    for values in others:
        names = names + " | " + values
    return joined(names, clips)


def connected(clips: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return groups that divide no value of any of the columns, each named after its first value.

    Two clips with the same player are in one group, and so are two of the same pack, and whoever
    shares a player or a pack with one of these. A blank value is shared with nothing.

    Args:
        clips: With ``path`` and the columns; a column that it does not have divides nothing.
        columns: Whose values are kept whole.

    >>> clips = pd.DataFrame({"path": list("abc"), "player": ["1", "1", "2"], "pack": list("xyy")})
    >>> connected(clips, ["player", "pack"]).tolist()
    ['1', '1', '1']
    """
    values = [
        clips[column].where(clips[column] != "", clips["path"])
        for column in columns
        if column in clips.columns
    ]
    return linked(values[0] if values else clips["path"], values)


def assign_groups(
    labels: pd.Series, groups: pd.Series, wanted: Mapping[str, float], *, seed: int
) -> pd.Series:
    """Assign whole groups to splits, label by label, rarest first: one to each, then by need.

    Args:
        labels: Of each clip.
        groups: Of each clip.
        wanted: Split -> share of each label's clips aimed at.
        seed: Of the shuffle; the same seed and table give the same split on any machine.

    Returns:
        The split of each clip.
    """
    rng = np.random.default_rng(seed)
    split_of: dict[str, str] = {}
    per_label = groups.groupby(labels, sort=True)
    for label in per_label.nunique().sort_values(kind="stable").index:
        sizes = per_label.get_group(label).value_counts().sort_index()
        need = {split: share * int(sizes.sum()) for split, share in wanted.items()}
        empty = list(wanted)
        for group in sizes.index.intersection(list(split_of)):
            need[split_of[group]] -= int(sizes[group])
            empty = [split for split in empty if split != split_of[group]]
        for group in rng.permutation(sizes.index.difference(list(split_of)).to_numpy(dtype=str)):
            split = empty.pop(0) if empty else max(need, key=lambda split: need[split])
            split_of[str(group)] = split
            need[split] -= int(sizes[group])
    return groups.map(split_of)


def _enough(clips: pd.DataFrame, columns: Sequence[str]) -> bool:
    per_label = group_names(clips, columns).groupby(clips["label"]).nunique()
    return bool((per_label >= MIN_GROUPS).all())
