"""What each fold of a table tests, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from instrument_net.data.splits.sides import UNTAUGHT, lacking


def tabulate_folds(labels: pd.Series, sides: Mapping[int | str, pd.Series]) -> pd.DataFrame:
    """Return one row a fold.

    Args:
        labels: Of each clip.
        sides: Fold -> the side of each clip in it.

    Returns:
        Indexed by the fold: ``classes`` (those tested), ``n_clips`` (tested), ``left_out`` (classes
        of its clips that no training clip has), ``n_left_out`` (their clips) and ``unvalidated``
        (classes that are trained without a validation clip). Classes are tuples, in alphabetical
        order.
    """
    rows = {}
    for fold, of_clips in sides.items():
        tested, untaught = (labels[of_clips == side] for side in ("test", UNTAUGHT))
        rows[fold] = {
            "classes": tuple(sorted(tested.unique())),
            "n_clips": len(tested),
            "left_out": tuple(sorted(untaught.unique())),
            "n_left_out": len(untaught),
            "unvalidated": tuple(lacking(labels, of_clips, "validation")),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fold")
