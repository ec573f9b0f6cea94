"""Sources -> folds: as few trainings as leave every source out once."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

FEWEST_CLIPS = 20  # of a source that is a test of its own; the smaller ones are pooled


def folds_of(clips: pd.DataFrame) -> Mapping[str, list[str]]:
    """Return fold -> the sources that it tests.

    Sources without a common class are tested by one training: each class still loses one source
    alone. All sources with fewer than 20 clips form one fold, the last one.

    Args:
        clips: One row a clip, with ``label`` and ``source``.

    >>> rows = [("a", "oboe"), ("b", "harp"), ("c", "oboe")]
    >>> clips = pd.DataFrame(rows * 20 + [("d", "harp")], columns=["source", "label"])
    >>> folds_of(clips)
    {'0': ['a', 'b'], '1': ['c'], 'small': ['d']}
    """
    sizes = clips["source"].value_counts(sort=False).sort_index()
    sizes = sizes.sort_values(ascending=False, kind="stable")
    classes = clips.groupby("source")["label"].agg(set)
    groups: list[list[str]] = []
    for source in sizes.index[sizes >= FEWEST_CLIPS]:
        for group in groups:
            if not any(classes[source] & classes[other] for other in group):
                group.append(source)
                break
        else:
            groups.append([source])
    named = {str(number): group for number, group in enumerate(groups)}
    small = sizes.index[sizes < FEWEST_CLIPS].tolist()
    return {**named, "small": small} if small else named
