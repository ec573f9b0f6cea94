"""When is a trial given up?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median


def is_given_up(
    value: float,
    n_folds: int,
    finished: Sequence[Mapping[int, float]],
    *,
    startup_trials: int,
    warm_up_folds: int,
) -> bool:
    """Return whether a trial is below the median of the finished ones after as many folds.

    Unlike Optuna's MedianPruner, which asks for the best value of all folds so far: the objective
    of the first fold alone, be it an easy one, would keep every trial to the end.

    Args:
        value: Objective of its first ``n_folds`` folds.
        n_folds: Folds that are done.
        finished: Of every trial that ran all folds: number of folds -> its objective then.
        startup_trials: So many have to be finished first.
        warm_up_folds: So many folds every trial may run.
    """
    if n_folds < warm_up_folds or len(finished) < startup_trials:
        return False
    return value < median(values[n_folds] for values in finished)
