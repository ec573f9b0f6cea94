"""The loop over trials: draw values, run folds, prune or complete, report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from instrument_net.configuration import ConfigurationError
from instrument_net.data import SplitError
from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions, bootstrap_intervals, measure, pooled
from instrument_net.files import write_atomically
from instrument_net.runs.claims import Claim, look_again_later, say_waiting
from instrument_net.runs.cross_validation import CrossValidation
from instrument_net.runs.facts import command_line
from instrument_net.runs.screen import print_next, print_table, shown_path
from instrument_net.search.best import experiment_file
from instrument_net.search.combinations import Combinations
from instrument_net.search.commands import (
    Commands,
    sealed_sources,
    sealed_test,
)
from instrument_net.search.facts import facts_of_a_search
from instrument_net.search.importance import importances
from instrument_net.search.outcome import Outcome, ranked
from instrument_net.search.pruning import is_pruned
from instrument_net.search.report import write_report
from instrument_net.search.report_page import trial_table
from instrument_net.search.space import read_space
from instrument_net.search.study import REFERENCE, Study

if TYPE_CHECKING:
    from optuna.trial import Trial

OBJECTIVE = "macro_recall"
# What may go wrong in one combination and not in another: settings, classes, memory.
_OF_A_COMBINATION = (ConfigurationError, SplitError, torch.OutOfMemoryError)
_SHOWN_TRIALS = 10


def objective(parts: Mapping[int | str, Predictions]) -> float:
    """Return the macro recall of the pooled clips of some folds, as in their report."""
    return measure(pooled(list(parts.values()))).overall[OBJECTIVE]


class Search:
    """A search in its folder, which is the same for the same settings.

    Args:
        config: ``conf/search.yaml`` with its stages.
        overrides: The command line's own part of it.
        experiment: The one on the command line.

    Raises:
        ConfigurationError: If space or split cannot be used.
    """

    def __init__(
        self, config: DictConfig, *, overrides: Sequence[str], experiment: str | None
    ) -> None:
        settings = config.search
        for key in ("trials", "startup_trials", "warm_up_folds"):
            if not isinstance(settings[key], int) or settings[key] < 1:
                raise ConfigurationError(f"search.{key} must be 1 or more, got {settings[key]!r}")
        space: dict[str, object] = OmegaConf.to_container(config.space)  # type: ignore[assignment]
        self._space = read_space(space)
        self._config, self._overrides, self._experiment = config, list(overrides), experiment
        self._combinations = Combinations(self._space, overrides)
        # Before any trial: an error in table or split is one in all of them.
        self._reference = CrossValidation(
            self._combinations.reference, overrides=self._combinations.base
        )
        self.folder = Path("outputs").resolve() / str(config.name) / f"search_{self._digest()}"
        self._study = Study(
            self.folder,
            seed=config.seed,
            startup_trials=settings.startup_trials,
            reference=self._combinations.reference_values,
        )
        self._console = Console()

    def _digest(self) -> str:
        """Return eight digits that stand for clips, settings and space; more trials only add."""
        search = {k: v for k, v in self._config.search.items() if k != "trials"}
        space = OmegaConf.to_container(self._config.space)
        made_of = [self._reference.digest, self._reference.tested, search, space]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:8]

    def run_to(self, trials: int) -> None:
        """Run trials until this many are over, and print where to look.

        Any number of processes may do this at the same time, on any number of machines with the
        same file system: each trial is run by one of them.
        """
        self._write_report()
        waits_for: list[Claim] = []
        while True:
            trial = self._study.next(trials)
            if trial is not None:
                self._run(trial)
                self._write_report()
            elif running := self._study.running():
                if running != waits_for:
                    waits_for = running
                    say_waiting(running, self._console)
                look_again_later(self._console)
            else:
                break
        self._write_report()
        table = trial_table(self._study.outcomes()).set_index("trial").head(_SHOWN_TRIALS)
        print_table(self._console, table, f"{self._config.name}: best trials")
        shown = shown_path(self.folder)
        print_next(
            self._console, {"report": shown / "report.md", "best settings": shown / "best.yaml"}
        )

    def _run(self, trial: Trial) -> None:
        """Run a trial of this process until it is complete, pruned or failed."""
        try:
            self._run_to_its_end(trial)
        finally:
            self._study.release(trial)

    def _run_to_its_end(self, trial: Trial) -> None:
        is_reference = REFERENCE in trial.user_attrs
        try:
            changes = self._changes(trial, is_reference=is_reference)
            parts = self._run_folds(trial, changes)
        except _OF_A_COMBINATION as error:
            if is_reference:  # an error of the experiment itself, and so of every trial
                raise
            self._study.fail(trial, " ".join(str(error).split()))
            self._say(f"trial {trial.number} failed: {error}")
            return
        if parts is None:
            self._study.prune(trial)
            return
        intervals = bootstrap_intervals(pooled(list(parts.values())))
        low, high = intervals.loc[[OBJECTIVE]].to_numpy(dtype=float)[0].tolist()
        value = objective(parts)
        self._study.complete(trial, value, (low, high))
        self._say(f"trial {trial.number}: {value:.4f}")

    def _changes(self, trial: Trial, *, is_reference: bool) -> list[str]:
        if is_reference:
            # Drawn for the sampler alone: the experiment has these values anyway.
            if self._combinations.reference_values is not None:
                self._combinations.draw(trial)
            changes = []
        else:
            changes = self._combinations.draw(trial)
        trial.set_user_attr("changes", changes)
        return changes

    def _run_folds(
        self, trial: Trial, changes: Sequence[str]
    ) -> dict[int | str, Predictions] | None:
        """Return the predictions of every fold; ``None`` if the trial was pruned."""
        validation = CrossValidation(
            self._combinations.config(changes),
            overrides=self._combinations.overrides(changes),
            continue_with=command_line("search", self._overrides),
        )
        finished = [o.running for o in self._study.outcomes() if o.state == "complete"]
        self._say(f"trial {trial.number}: {' '.join(changes) or 'the experiment as it is'}")
        parts: dict[int | str, Predictions] = {}
        for n_folds, fold in enumerate(validation.folds, start=1):
            self._console.rule(
                for_screen(self._heading(trial, fold, n_folds, len(validation.folds)))
            )
            if validation.is_done(fold):
                self._say(f"fold {fold}: done before")
            parts[fold] = validation.run(fold)
            value = objective(parts)
            trial.report(value, n_folds)
            if n_folds < len(validation.folds) and is_pruned(
                value,
                n_folds,
                finished,
                startup_trials=self._config.search.startup_trials,
                warm_up_folds=self._config.search.warm_up_folds,
            ):
                self._say(f"trial {trial.number} pruned: {value:.4f} after {n_folds} folds")
                return None
        validation.summarise(parts)
        return parts

    def _heading(self, trial: Trial, fold: int | str, n_folds: int, of_folds: int) -> str:
        outcomes = self._study.outcomes()
        text = (
            f"trial {trial.number} ({len(outcomes) + 1} of {self._config.search.trials}), "
            f"fold {fold} ({n_folds} of {of_folds})"
        )
        if not any(o.state == "complete" for o in outcomes):
            return text
        best = ranked(outcomes)[0]
        return f"{text}, best so far {best.value:.4f} (trial {best.number})"

    def _write_report(self) -> None:
        """Write what is known by now, if a trial is complete."""
        with self._study.claim:  # a process that knows fewer trials does not write after it
            outcomes = self._study.outcomes()
            if any(outcome.state == "complete" for outcome in outcomes):
                self._write_report_of(outcomes)

    def _write_report_of(self, outcomes: Sequence[Outcome]) -> None:
        best = ranked(outcomes)[0]
        overrides = self._combinations.overrides(best.changes)
        sealed = sealed_sources(self._config)
        commands = Commands(
            cross_validate=command_line("cross_validate", overrides),
            test_sealed=sealed_test(overrides, sealed) if sealed else None,
        )
        content = experiment_file(
            self._experiment,
            self._space,
            {} if best.is_reference else best.drawn,
            command=commands.cross_validate,
        )
        write_atomically(self.folder / "best.yaml", content.encode())
        write_report(
            self.folder,
            outcomes,
            title=f"Hyper-parameter search for {self._config.name}",
            facts=facts_of_a_search(self._config, self._overrides, self._reference, outcomes),
            space=self._space,
            folds=[str(fold) for fold in self._reference.folds],
            importances=importances(self._study.study),
            commands=commands,
            figures=self._config.figures,
        )

    def _say(self, text: str) -> None:
        self._console.print(for_screen(text), highlight=False, soft_wrap=True)
