"""The importance of each parameter for the objective."""

from __future__ import annotations

import warnings

import optuna
from optuna.trial import TrialState

FEWEST_TRIALS = 5


def importances(study: optuna.Study) -> dict[str, float]:
    """Return the importance of each parameter, by PED-ANOVA.

    Returns:
        Parameter -> importance, which sum to 1; empty with fewer than five complete trials that
        have drawn something, or if all have the same objective.

    References:
        Watanabe, Bansal and Hutter, PED-ANOVA, IJCAI 2023.
    """
    complete = [t for t in study.get_trials(states=[TrialState.COMPLETE]) if t.params]
    if len(complete) < FEWEST_TRIALS or len({t.value for t in complete}) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few trials are rough: the report says so
        shares = optuna.importance.get_param_importances(study)
    return {name: float(share) for name, share in shares.items()}
