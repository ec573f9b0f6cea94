"""The official folds of a corpus, for runs that have a single split."""

from __future__ import annotations

import pandas as pd


def first_fold_tested(fold: pd.Series) -> pd.Series:
    """Return the split in which the first official fold is tested and the others train.

    Validation is left to the split rule, which takes it out of the training clips.

    Args:
        fold: Of each clip, as text.

    >>> first_fold_tested(pd.Series(["1", "0", "2"])).tolist()
    ['train', 'test', 'train']
    """
    splits: pd.Series = (fold == min(fold)).map({True: "test", False: "train"})
    return splits
