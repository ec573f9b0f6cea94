"""The trials on disk: those that are over, an interrupted one, and the next."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
from optuna.trial import FrozenTrial, Trial, TrialState

from instrument_net.files import write_atomically
from instrument_net.runs.claims import Claim
from instrument_net.search.outcome import Outcome

STORAGE = "study.journal"
REFERENCE = "reference"
_AGAIN = "again"  # the interrupted trial whose values a trial has
_CLAIMS = ".trials"
_NAMES = {TrialState.COMPLETE: "complete", TrialState.PRUNED: "pruned", TrialState.FAIL: "failed"}


class Study:
    """Trials in a file that any number of processes share, created on first use.

    A trial belongs to the process that asked for it. What a dead process leaves is drawn again.

    Args:
        folder: Of the search.
        seed: Of the sampler.
        startup_trials: Number of trials drawn at random before the sampler learns from them.
        reference: The values of the experiment itself, from which the sampler then learns too;
            ``None`` if one lies outside the space.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        startup_trials: int,
        reference: Mapping[str, object] | None,
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._folder = folder
        self._seed, self._startup_trials = seed, startup_trials
        self._claims: dict[int, Claim] = {}  # trial -> whose it is; one object looks at it always
        self.claim = Claim(folder, "the search")
        with self.claim:
            # Not SQLite, whose locks network file systems often lack.
            path = str(folder / STORAGE)
            lock = JournalFileOpenLock(path)
            _cut_torn_line(folder / STORAGE, lock)
            storage = JournalStorage(JournalFileBackend(path, lock))
            self._study = optuna.create_study(
                storage=storage, study_name="search", direction="maximize", load_if_exists=True
            )
            if not any(REFERENCE in t.user_attrs for t in self._study.trials):
                self._study.enqueue_trial(dict(reference or {}), user_attrs={REFERENCE: True})

    @property
    def study(self) -> optuna.Study:
        """Optuna's study."""
        return self._study

    def next(self, trials: int) -> Trial | None:
        """Return the trial that was interrupted, or a new one, which is this process's own.

        Its values depend on the seed and on the trials before it alone, not on interruptions.

        Args:
            trials: How many there are to be.

        Returns:
            ``None`` if as many are over or run elsewhere.
        """
        with self.claim:
            running = [t for t in self._running() if not self._draw_again_if_dead(t)]
            number = len(self.outcomes()) + len(running)
            if number >= trials:
                return None
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                self._study.sampler = optuna.samplers.TPESampler(
                    seed=self._seed + number,
                    n_startup_trials=self._startup_trials,
                    multivariate=True,
                    group=True,  # which parameters exist depends on the drawn options
                )
            trial = self._study.ask()
            taken = self._claim_of(trial.number).take()
            assert taken, "a new trial has no other owner"
            return trial

    def release(self, trial: Trial) -> None:
        """Give a trial of this process back; if it is not over, another process draws it again."""
        self._claim_of(trial.number).release()

    def running(self) -> list[Claim]:
        """Return the claims on the trials that are not over."""
        return [self._claim_of(trial.number) for trial in self._running()]

    def _running(self) -> list[FrozenTrial]:
        return self._study.get_trials(states=[TrialState.RUNNING])

    def _draw_again_if_dead(self, trial: FrozenTrial) -> bool:
        """Have the values of a trial drawn again if its process is gone; return whether it is."""
        claim = self._claim_of(trial.number)
        if not claim.take():
            return False
        # Failed without a reason. In this order, and once: this process may be killed as well.
        if not any(t.user_attrs.get(_AGAIN) == trial.number for t in self._study.trials):
            again = {**trial.user_attrs, _AGAIN: trial.number}
            self._study.enqueue_trial(trial.params, user_attrs=again)
        self._study.tell(trial.number, state=TrialState.FAIL)
        claim.release()
        return True

    def _claim_of(self, number: int) -> Claim:
        if number not in self._claims:
            folder = self._folder / _CLAIMS / str(number)
            self._claims[number] = Claim(folder, f"trial {number}")
        return self._claims[number]

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


def _cut_torn_line(path: Path, lock: JournalFileOpenLock) -> None:
    """Cut off a last line that a full disk has cut short: Optuna would append to it."""
    lock.acquire()
    try:
        content = path.read_bytes() if path.is_file() else b""
        if content and not content.endswith(b"\n"):
            write_atomically(path, content[: content.rfind(b"\n") + 1])
    finally:
        lock.release()


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
