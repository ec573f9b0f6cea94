"""The trials on disk: those that are over, an interrupted one, and the next."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, Trial, TrialState

from instrument_net.search.outcome import Outcome

REFERENCE = "reference"
_NAMES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


class Study:
    """Trials in an SQLite file, created on first use.

    Args:
        path: Of the file.
        seed: Of the sampler.
        startup_trials: Number of trials drawn at random before the sampler learns from them.
        reference: The values of the experiment itself, from which the sampler then learns too;
            ``None`` if one lies outside the space.
    """

    def __init__(
        self, path: Path, *, seed: int, startup_trials: int, reference: Mapping[str, object] | None
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._study = optuna.create_study(
            storage=f"sqlite:///{path}", study_name="search", direction="maximize",
            load_if_exists=True,
        )  # fmt: skip
        self._seed, self._startup_trials = seed, startup_trials
        if not self._study.trials:
            self._study.enqueue_trial(dict(reference or {}), user_attrs={REFERENCE: True})
        for trial in self._study.get_trials(states=[TrialState.RUNNING]):
            # Interrupted: failed without a reason, and its values are drawn again.
            self._study.tell(trial.number, state=TrialState.FAIL)
            self._study.enqueue_trial(trial.params, user_attrs=trial.user_attrs)

    @property
    def study(self) -> optuna.Study:
        """Optuna's study."""
        return self._study

    def next(self) -> Trial:
        """Return the trial that was interrupted, or a new one.

        Its values depend on the seed and on the trials before it alone, not on interruptions.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.sampler = optuna.samplers.TPESampler(
                seed=self._seed + len(self.outcomes()),
                n_startup_trials=self._startup_trials,
                multivariate=True,
                group=True,  # which parameters exist depends on the drawn options
            )
        return self._study.ask()

    def complete(self, trial: Trial, value: float, interval: tuple[float, float]) -> None:
        """Store the objective of all folds and its 95 % interval."""
        trial.set_user_attr("interval", list(interval))
        self._study.tell(trial, value)

    def prune(self, trial: Trial) -> None:
        """Store a trial whose last folds are not run."""
        self._study.tell(trial, state=TrialState.PRUNED)

    def fail(self, trial: Trial, reason: str) -> None:
        """Store a trial whose settings do not fit together, with the reason."""
        trial.set_user_attr("reason", reason)
        self._study.tell(trial, state=TrialState.FAIL)

    def outcomes(self) -> list[Outcome]:
        """Return the trials that are over, in their order."""
        return [_outcome(t) for t in self._study.get_trials() if _is_over(t)]


def _is_over(trial: FrozenTrial) -> bool:
    failed = trial.state is TrialState.FAIL
    return trial.state.is_finished() and (not failed or "reason" in trial.user_attrs)


def _outcome(trial: FrozenTrial) -> Outcome:
    interval = trial.user_attrs.get("interval")
    return Outcome(
        number=trial.number,
        state=_NAMES[trial.state],
        value=trial.value,
        interval=None if interval is None else (interval[0], interval[1]),
        running=trial.intermediate_values,
        drawn=trial.params,
        changes=trial.user_attrs.get("changes", []),
        reason=trial.user_attrs.get("reason"),
    )
