"""Finished trainings of recipes -> the single networks that ideas test or go on from."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from benchmarks.unheard.trial import Trial
from instrument_net.models import members_of
from instrument_net.recognition.recogniser import Recogniser

Weights = dict[str, Tensor]


def starts_of(trials: Sequence[Trial]) -> dict[str, Weights]:
    """Return the weights of each network by a name, such as ``three_0_2``: the third of seed 0.

    Args:
        trials: Of recipes with the same inputs; those that are not done are passed over.
    """
    return {
        f"{trial.name}_{trial.seed}_{number}": dict(member.state_dict())
        for trial in trials
        if trial.is_done(stress=False)
        for number, member in enumerate(
            members_of(Recogniser.from_checkpoint(trial.folder.best_checkpoint).network)
        )
    }
