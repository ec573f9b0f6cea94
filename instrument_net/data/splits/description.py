"""What a split keeps apart, what it lacks and what both sides share, in words for the report."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.splits.rule import SplitRule
from instrument_net.data.splits.sides import UNTAUGHT, UNUSED, lacking, shared_values


def describe_sides(rule: SplitRule, clips: pd.DataFrame, extra: pd.DataFrame | None = None) -> str:
    """Return a few sentences about a split, on one line.

    Args:
        rule: That divided the clips.
        clips: With the column ``split`` that it assigned.
        extra: Clips that it has not divided and that train too, with the same columns.
    """
    counts = ", ".join(f"{int((clips['split'] == side).sum())} {side}" for side in SPLIT_NAMES)
    said = [f"{rule.describe(clips)}: {counts} clips"]
    besides = ""
    if extra is not None:
        said.append(f"{len(extra)} clips of data.extra train too, and are neither validated on nor "
                    "tested")  # fmt: skip
        besides = " (data.extra does not count)"
        clips = pd.concat([clips, extra])
    return ". ".join([*said, *_gaps(clips, besides), _shared(clips)])


def _gaps(clips: pd.DataFrame, besides: str) -> Iterator[str]:
    labels, sides = clips["label"], clips["split"]
    untaught = labels[sides == UNTAUGHT].value_counts().sort_index()
    if len(untaught):
        names = ", ".join(f"{label} ({count})" for label, count in untaught.items())
        yield f"Left out, because no training clip{besides} is of their class: {names}"
    if (sides == UNUSED).any():
        yield f"{int((sides == UNUSED).sum())} clips of sources on neither side are not used"
    if not (sides == "train").any():
        return
    for side, judged in (("validation", "validated on"), ("test", "tested")):
        missing = lacking(labels, sides, side)
        if missing:
            yield f"Trained but not {judged}: {', '.join(missing)}"


def _shared(clips: pd.DataFrame) -> str:
    shared = {
        column: shared_values(clips, clips["split"], column)
        for column in ("source", "instrument_id", "recording_id")
        if column in clips.columns
    }
    if not shared:
        return "nothing is known about instruments and rooms that both sides may share"
    seen = [f"{share:.0%} of the test clips have a `{column}` that training has heard"
            for column, share in shared.items() if share > 0]  # fmt: skip
    if not seen:
        return "no test clip shares its source, instrument or recording with training"
    return (
        "; ".join(seen) + ": players, instruments or rooms are shared, so expect lower figures "
        "on other recordings"
    )
