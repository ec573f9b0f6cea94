"""The trials on disk: what is over, what was interrupted, what comes next."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, Trial, TrialState

from instrument_net.search.outcome import Outcome

REFERENCE = "reference"
_NAMES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "given up", TrialState.FAIL: "failed"}


class Study:
    """Trials in an SQLite file, made on first use.

    Args:
        path: Of the file.
        seed: Of the draws.
        startup_trials: Trials that are drawn at random before the sampler learns from them.
        reference: What the experiment itself would have drawn, from which the sampler then learns;
            ``None`` if it lies outside the space.
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
            # Failed for no reason: an interrupted one, whose draws come up again.
            self._study.tell(trial.number, state=TrialState.FAIL)
            self._study.enqueue_trial(trial.params, user_attrs=trial.user_attrs)

    @property
    def study(self) -> optuna.Study:
        """Optuna's own."""
        return self._study

    def next(self) -> Trial:
        """Return the trial that was interrupted, or a new one.

        What it draws depends on the seed and the trials before alone, not on interruptions.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study.sampler = optuna.samplers.TPESampler(
                seed=self._seed + len(self.outcomes()),
                n_startup_trials=self._startup_trials,
                multivariate=True,
                group=True,  # which parameters there are depends on the drawn options
            )
        return self._study.ask()

    def complete(self, trial: Trial, value: float, interval: tuple[float, float]) -> None:
        """Keep the objective of all folds and its 95 % interval."""
        trial.set_user_attr("interval", list(interval))
        self._study.tell(trial, value)

    def give_up(self, trial: Trial) -> None:
        """Keep a trial whose last folds are not run."""
        self._study.tell(trial, state=TrialState.PRUNED)

    def fail(self, trial: Trial, reason: str) -> None:
        """Keep a trial whose settings do not go together, with the reason."""
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
