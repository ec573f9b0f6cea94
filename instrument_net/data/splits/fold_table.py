"""What each fold of a table tests, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from instrument_net.data.splits.assignment import CLASS_NOT_TRAINED, missing_classes


def tabulate_folds(labels: pd.Series, splits: Mapping[int | str, pd.Series]) -> pd.DataFrame:
    """Return one row a fold.

    Args:
        labels: Of each clip.
        splits: Fold -> the split of each clip in it.

    Returns:
        Indexed by the fold: ``classes`` (those tested), ``n_clips`` (tested), ``left_out`` (classes
        of its clips that no training clip has), ``n_left_out`` (their clips) and ``unvalidated``
        (classes that are trained and have no validation clip). Classes are tuples, in alphabetical
        order.
    """
    rows = {}
    for fold, of_clips in splits.items():
        tested = labels[of_clips == "test"]
        not_trained = labels[of_clips == CLASS_NOT_TRAINED]
        rows[fold] = {
            "classes": tuple(sorted(tested.unique())),
            "n_clips": len(tested),
            "left_out": tuple(sorted(not_trained.unique())),
            "n_left_out": len(not_trained),
            "unvalidated": tuple(missing_classes(labels, of_clips, "validation")),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fold")
