"""A split in words: its groups, the classes it has no clip of, what training and test share."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from instrument_net.data.equal_content import described_copies
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.splits.assignment import (
    CLASS_NOT_TRAINED,
    UNUSED,
    missing_classes,
    shared_values,
)

# Column -> what else training and test may share, which only it can say.
_SAYS = {"source": "libraries or rooms", "instrument_id": "instruments"}


def describe_split(
    rule: str,
    clips: pd.DataFrame,
    extra: pd.DataFrame | None = None,
    auxiliary: Collection[str] = (),
) -> str:
    """Return a few sentences about a split, on one line.

    Args:
        rule: What divided the clips, in words: its ``describe``.
        clips: With the column ``split`` that it assigned.
        extra: Clips that it has not divided and that are trained on too, with the same columns.
        auxiliary: Classes that are no outputs, and so are not missed in any split.
    """
    counts = ", ".join(f"{int((clips['split'] == split).sum())} {split}" for split in SPLIT_NAMES)
    sentences = [f"{rule}: {counts} clips"]
    copies = described_copies(clips if extra is None else pd.concat([clips, extra]))
    if copies is not None:
        sentences.append(copies)
    not_counted = ""
    if extra is not None:
        sentences.append(
            f"{int((extra['split'] == 'train').sum())} clips of data.extra are trained on too, and "
            "neither validated on nor tested"
        )
        not_counted = " (data.extra does not count)"
        clips = pd.concat([clips, extra])
    gaps = _gaps(clips[~clips["label"].isin(auxiliary)], not_counted)
    return ". ".join([*sentences, *gaps, _shared(clips)])


def _gaps(clips: pd.DataFrame, not_counted: str) -> Iterator[str]:
    labels, splits = clips["label"], clips["split"]
    not_trained = labels[splits == CLASS_NOT_TRAINED].value_counts().sort_index()
    if len(not_trained):
        names = ", ".join(f"{label} ({count})" for label, count in not_trained.items())
        yield f"Left out, because no training clip{not_counted} is of their class: {names}"
    if (splits == UNUSED).any():
        n_unused = int((splits == UNUSED).sum())
        yield f"{n_unused} clips of sources that are neither trained nor tested on are not used"
    if not (splits == "train").any():
        return
    for split, done in (("validation", "validated on"), ("test", "tested")):
        missing = missing_classes(labels, splits, split)
        if missing:
            yield f"Trained but not {done}: {', '.join(missing)}"


def _shared(clips: pd.DataFrame) -> str:
    splits, tested = clips["split"], clips[clips["split"] == "test"]
    shared = {
        column: shared_values(clips, splits, column)
        for column in (*_SAYS, "recording_id")
        if column in clips.columns and (tested[column] != "").any()
    }
    if not shared:
        return (
            "The table does not say which sources, instruments and recordings training and test "
            "share: it is not known"
        )
    names = {column: f"`{column}`{_known_of(tested[column])}" for column in shared}
    unknown = " and ".join(says for column, says in _SAYS.items() if column not in shared)
    not_known = f"; whether they share {unknown} is not known" if unknown else ""
    seen = [f"{share:.0%} of the test clips have a {names[column]} that occurs in training"
            for column, share in shared.items() if share > 0]  # fmt: skip
    if not seen:
        return f"No test clip shares its {' or '.join(names.values())} with training{not_known}"
    return (
        "; ".join(seen) + ": players, instruments or rooms are shared, so expect lower scores "
        f"on other recordings{not_known}"
    )


def _known_of(values: pd.Series) -> str:
    n_known = int((values != "").sum())
    return "" if n_known == len(values) else f" (known of {n_known} of {len(values)} test clips)"
