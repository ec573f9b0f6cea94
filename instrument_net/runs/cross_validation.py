"""The folds of one set of clips and settings: trained, tested, found again and summarised."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig
from rich.console import Console

from instrument_net.configuration import ConfigurationError, key_of
from instrument_net.data import FoldRule, InstrumentDataModule, LeaveOneSourceOut
from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions
from instrument_net.run_folder import RunFolder
from instrument_net.runs.assembly import build_front_end
from instrument_net.runs.claims import Claim, is_there, share
from instrument_net.runs.clips_digest import clips_digest
from instrument_net.runs.data_assembly import build_data, build_split
from instrument_net.runs.facts import command_line
from instrument_net.runs.fold_run import run_fold, write_config
from instrument_net.runs.folds import summarise
from instrument_net.runs.left_out import name_left_out
from instrument_net.runs.score_settings import settings_that_change_scores
from instrument_net.runs.signals import Continuation
from instrument_net.runs.summary import Summary
from instrument_net.spelling import hint


class CrossValidation:
    """The folds of one set of clips and settings, in a folder that both together find again.

    Which folds there are is for the split rule to say, given the clips that can be read. They are
    opened, and decoded if need be, when folds or folder are first asked for.

    Args:
        config: ``conf/cross_validate.yaml`` with its stages.
        overrides: What a command line would say for it, for the reports.
        continue_with: The command that goes on with it once it is interrupted; default: its own.

    Attributes:
        rule: The split rule.

    Raises:
        ConfigurationError: If the split has no folds, or the command line names one, or a
            checkpoint to continue from.
    """

    def __init__(
        self, config: DictConfig, *, overrides: Sequence[str], continue_with: str | None = None
    ) -> None:
        if "split.fold" in map(key_of, overrides):
            raise ConfigurationError("split.fold: every fold has its turn; only=[...] chooses some")
        if config.resume_from is not None:
            raise ConfigurationError(
                "resume_from: it is for one run; the same command continues each fold by itself"
            )
        rule = build_split(config.split)
        if not isinstance(rule, FoldRule):
            raise ConfigurationError(
                "this split has no folds: instrument_net.train runs it; split=k_fold and "
                "split=leave_one_source_out have some"
            )
        self.rule: FoldRule = rule
        self._config, self._overrides = config, list(overrides)
        self._command = command_line("cross_validate", self._overrides)
        self._continuation = Continuation(continue_with or self._command, needs_checkpoint=False)

    @cached_property
    def folder(self) -> Path:
        """The folder of this cross-validation: the same for the same clips and settings."""
        name = f"cross_validation_{self.digest}"
        return Path("outputs").resolve() / str(self._config.name) / name

    @cached_property
    def digest(self) -> str:
        """Eight digits that stand for the clips by content, and for what changes scores."""
        settings = json.dumps(settings_that_change_scores(self._config), sort_keys=True)
        content = f"{settings} {clips_digest(self._datamodule)}"
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    @cached_property
    def folds(self) -> list[int | str]:
        """The folds that ``only`` names, or all.

        Raises:
            ConfigurationError: If there are none, or ``only`` names one that there is not.
        """
        return chosen_folds(self._all_folds, self._config.only)

    @property
    def tested(self) -> str:
        """Which folds are run, in words."""
        chosen = len(self.folds) < len(self._all_folds)
        which = f"only {', '.join(map(str, self.folds))}" if chosen else "all"
        return f"{which} of {len(self._all_folds)}"

    def is_done(self, fold: int | str) -> bool:
        """Return whether a fold has its report, which is written last."""
        return is_there(self._run_folder(fold).report_page)

    def run(self, fold: int | str) -> Predictions:
        """Return the predictions of a fold, which is trained and tested unless it is done.

        While another process is at it, this one waits.
        """
        self._share([fold], self._train)
        return Predictions.from_csv(self._run_folder(fold).predictions)

    def run_all(self) -> None:
        """Train and test every fold that is not done yet, then write the summary.

        Any number of processes may do this at the same time, on any number of machines with the
        same file system: each fold is trained by one of them, and one of them writes the summary.
        """
        console = Console()
        summary = Summary(RunFolder(self.folder), self.folds)
        for fold in filter(self.is_done, self.folds):
            done = f"fold {fold}: done before, {self._run_folder(fold).path}"
            console.print(for_screen(done), highlight=False, soft_wrap=True)

        def work(fold: int | str) -> None:
            number = self.folds.index(fold) + 1
            console.rule(for_screen(f"fold {fold} ({number} of {len(self.folds)})"))
            self._train(fold)

        self._share(self.folds, work)
        with self._claim:
            if summary.is_written_since():
                summary.print_place(console)
                return
            self._summarise({fold: self.run(fold) for fold in self.folds}, summary)

    def summarise(self, parts: Mapping[int | str, Predictions]) -> None:
        """Write and print the metrics of all folds.

        Args:
            parts: Fold -> what :meth:`run` returned.
        """
        with self._claim:
            self._summarise(parts, Summary(RunFolder(self.folder), list(parts)))

    def _summarise(self, parts: Mapping[int | str, Predictions], summary: Summary) -> None:
        write_config(self._config, RunFolder(self.folder))
        name_left_out(self._datamodule, RunFolder(self.folder))
        extra = self._datamodule.describe_extra()
        with summary.written():
            summarise(
                RunFolder(self.folder),
                parts,
                self._table,
                name=self._config.name,
                facts={
                    "Command": f"`{self._command}`",
                    "Folds": f"{self.tested}; {self.rule.guarantee}",
                    "Data": self._datamodule.describe(),
                    **({} if extra is None else {"Extra": extra}),
                },
                figures=self._config.figures,
                of_unseen_sources=isinstance(self.rule, LeaveOneSourceOut),
                front_end=self._datamodule.front_end,
            )

    def _share(self, folds: Sequence[int | str], work: Callable[[int | str], None]) -> None:
        """Have the folds done, by this process as far as no other does them."""
        claims = {fold: Claim(self._run_folder(fold).path, f"fold {fold}") for fold in folds}
        share(folds, claims, is_done=self.is_done, work=work, console=Console())

    def _train(self, fold: int | str) -> None:
        """Train and test a fold that this process has claimed."""
        run_fold(
            self._config,
            fold,
            self._run_folder(fold),
            overrides=self._overrides,
            continuation=self._continuation,
        )

    @property
    def _claim(self) -> Claim:
        """The right to write what all folds have in common."""
        return Claim(self.folder, "the summary")

    @cached_property
    def _datamodule(self) -> InstrumentDataModule:
        return build_data(self._config.data, build_front_end(self._config), split=self.rule)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self.rule.fold_table(self._datamodule.own_clips)

    @property
    def _all_folds(self) -> list[int | str]:
        folds: list[int | str] = self._table.index[self._table["n_clips"] > 0].tolist()
        return folds

    def _run_folder(self, fold: int | str) -> RunFolder:
        return RunFolder(self.folder / folder_name(fold))


def chosen_folds(folds: Sequence[int | str], only: Sequence[int | str] | None) -> list[int | str]:
    """Return the folds that ``only`` names, in its order, or all.

    Raises:
        ConfigurationError: If there are no folds, or not the one that is named.
    """
    if not folds:
        raise ConfigurationError("no class occurs in two sources: there is nothing to test")
    if only is None:
        return list(folds)
    by_name = {str(fold): fold for fold in folds}
    unknown = [str(fold) for fold in only if str(fold) not in by_name]
    if unknown or not only:
        raise ConfigurationError(
            f"only={list(only)} names {', '.join(unknown) or 'no fold'}"
            f"{hint((unknown or [''])[0], by_name)}"
        )
    return [by_name[str(fold)] for fold in only]


def folder_name(fold: int | str) -> str:
    """Return the name of a fold's run folder: ``fold_3``, ``fold_iowa_mis``.

    >>> folder_name(3), folder_name("big barn")
    ('fold_3', 'fold_big_barn_b8165e')
    """
    name = str(fold)
    safe = re.sub(r"[^\w.-]+", "_", name)
    if safe != name:  # two names may differ only in what a path cannot hold
        safe += f"_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return f"fold_{safe}"
