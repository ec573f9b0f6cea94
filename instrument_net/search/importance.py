"""How much of what makes a trial good hangs on each parameter."""

from __future__ import annotations

import warnings

import optuna
from optuna.trial import TrialState

FEWEST_TRIALS = 5


def importances(study: optuna.Study) -> dict[str, float]:
    """Return the share of each parameter in what sets good trials apart, by PED-ANOVA.

    Returns:
        Parameter -> share; empty with fewer than five complete trials that have drawn something,
        or if they are all equally good.

    References:
        Watanabe, Bansal and Hutter, PED-ANOVA, IJCAI 2023.
    """
    complete = [t for t in study.get_trials(states=[TrialState.COMPLETE]) if t.params]
    if len(complete) < FEWEST_TRIALS or len({t.value for t in complete}) < 2:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few trials are rough: the page says so
        shares = optuna.importance.get_param_importances(study)
    return {name: float(share) for name, share in shares.items()}
