"""When a trial is pruned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median


def is_pruned(
    value: float,
    n_folds: int,
    finished: Sequence[Mapping[int, float]],
    *,
    startup_trials: int,
    warm_up_folds: int,
) -> bool:
    """Return whether a trial is below the median of the finished ones at the same fold.

    Optuna's MedianPruner compares the best intermediate value of a trial instead: one easy first
    fold would keep every trial to the end.

    Args:
        value: Objective of the first ``n_folds`` folds of the trial.
        n_folds: Number of folds that are done.
        finished: Of every trial that ran all folds: number of folds -> its objective at that time.
        startup_trials: Number of finished trials before any is pruned.
        warm_up_folds: Number of folds that every trial runs.
    """
    if n_folds < warm_up_folds or len(finished) < startup_trials:
        return False
    return value < median(values[n_folds] for values in finished)
