"""The folds of one set of settings: trained, tested, found again and summed up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, ListConfig, OmegaConf

from instrument_net.configuration import (
    ConfigurationError,
    existing_start,
    refused_values,
)
from instrument_net.files import write_atomically
from instrument_net.spelling import hint
from instrument_net.train import train

if TYPE_CHECKING:
    from instrument_net.data import FoldRule
    from instrument_net.evaluation import Predictions

# Do not change what a fold's network learns: not part of what names the folder.
_NOT_SETTINGS = ("only", "run_dir", "resume_from")


class CrossValidation:
    """The folds of one set of settings, in a folder that the same settings find again.

    Which folds there are is for the split rule to say, given the clips that can be read.

    Args:
        config: ``conf/cross_validate.yaml`` with its stages.
        overrides: What a command line would say for it, for the reports.

    Attributes:
        rule: That divides the clips.
        folds: Those that ``only`` names, or all.
        folder: Of this cross-validation.

    Raises:
        ConfigurationError: If the split has no folds, or ``only`` names a fold that there is not.
    """

    def __init__(self, config: DictConfig, *, overrides: Sequence[str]) -> None:
        # Here and not above: --help and a misspelled key need no torch.
        from hydra.utils import instantiate

        from instrument_net.data import FoldRule

        _refuse_overrides(config, overrides)
        rule = instantiate(config.split)
        if not isinstance(rule, FoldRule):
            raise ConfigurationError(
                "this split has no folds: instrument_net.train runs it; split=k_fold and "
                "split=leave_one_source_out have some"
            )
        with refused_values("frontend"):
            front_end = instantiate(config.frontend)
        open_data = instantiate(config.data, _partial_=True)
        with refused_values("data"):
            # Only its table is wanted here: nothing is augmented, so nothing is rendered either.
            datamodule = open_data(front_end=front_end, split=rule, views=None)
        self._config, self._overrides = config, list(overrides)
        self._table = rule.fold_table(datamodule.own_clips)
        self._all_folds = self._table.index[self._table["n_clips"] > 0].tolist()
        self._extra = datamodule.describe_extra()
        self.rule: FoldRule = rule
        self.folds = chosen_folds(self._all_folds, config.only)
        self.folder = folder_of(config)
        _keep_config(config, self.folder)

    @property
    def tested(self) -> str:
        """Which folds are run, in words."""
        chosen = len(self.folds) < len(self._all_folds)
        which = f"only {', '.join(map(str, self.folds))}" if chosen else "all"
        return f"{which} of {len(self._all_folds)}"

    def is_done(self, fold: int | str) -> bool:
        """Return whether a fold has its report; what was interrupted before is trained anew."""
        # Written last.
        return (run_dir_of(self.folder, fold) / "report" / "report.md").is_file()

    def run(self, fold: int | str) -> Predictions:
        """Return the predictions of a fold, which is trained and tested unless it is done."""
        from instrument_net.evaluation import Predictions

        run_dir = run_dir_of(self.folder, fold)
        if not self.is_done(fold):
            own = OmegaConf.merge(self._config, {"split": {"fold": fold}})
            train(_keep_config(own, run_dir), overrides=[*self._overrides, f"split.fold={fold}"])
        return Predictions.from_csv(run_dir / "report" / "predictions.csv")

    def summarise(self, parts: Mapping[int | str, Predictions]) -> None:
        """Write and print the figures of all folds.

        Args:
            parts: Fold -> what :meth:`run` returned.
        """
        from instrument_net.runs.folds import summarise

        summarise(
            self.folder,
            parts,
            self._table,
            name=self._config.name,
            facts={
                "Command": f"`python -m instrument_net.cross_validate {' '.join(self._overrides)}`",
                "Folds": f"{self.tested}; {self.rule.promise}",
                **({} if self._extra is None else {"Extra": self._extra}),
            },
        )


def chosen_folds(folds: Sequence[int | str], only: Sequence[int | str] | None) -> list[int | str]:
    """Return the folds that ``only`` names, in its order, or all.

    Raises:
        ConfigurationError: If there are no folds, or not the one that is named.
    """
    if not folds:
        raise ConfigurationError("no class is in two sources: there is nothing to test")
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


def folder_of(config: DictConfig) -> Path:
    """Return the folder of a cross-validation: the same for the same settings.

    Raises:
        ConfigurationError: If ``init_from`` names no file.
    """
    folder = f"cross_validation_{digest_of_settings(config)}"
    return Path("outputs").resolve() / str(config.name) / folder


def digest_of_settings(config: DictConfig, *, ignored: Sequence[str] = ()) -> str:
    """Return eight digits that stand for all settings of a cross-validation.

    Args:
        config: Composed.
        ignored: Dotted keys of the caller's that are no setting either.

    Raises:
        ConfigurationError: If ``init_from`` names no file.
    """
    settings: Any = OmegaConf.to_container(config)  # unresolved: a run's date is no setting
    for key in (*_NOT_SETTINGS, *ignored):
        *parents, leaf = key.split(".")
        node = settings
        for parent in parents:
            node = node[parent]
        del node[leaf]
    if settings["init_from"] is not None:  # the weights are the setting, not the name of their file
        settings["init_from"] = _digest_of(existing_start(settings["init_from"]))
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:8]


def run_dir_of(folder: Path, fold: int | str) -> Path:
    """Return the run folder of a fold, named after it: ``fold_3``, ``fold_iowa_mis``."""
    name = str(fold)
    safe = re.sub(r"[^\w.-]+", "_", name)
    if safe != name:  # two names may differ only in what a path cannot hold
        safe += f"_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return folder / f"fold_{safe}"


def _digest_of(checkpoint: Path) -> str:
    with checkpoint.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_overrides(config: DictConfig, overrides: Sequence[str]) -> None:
    keys = {override.lstrip("+").partition("=")[0] for override in overrides}
    if "split.fold" in keys:
        raise ConfigurationError("split.fold: every fold has its turn; only=[...] chooses some")
    if "folds" in keys and "folds" not in config.split:
        raise ConfigurationError("folds is for split=k_fold; this split's folds are its sources")


def _keep_config(config: DictConfig | ListConfig, run_dir: Path) -> DictConfig:
    own = OmegaConf.merge(config, {"run_dir": str(run_dir)})
    assert isinstance(own, DictConfig)
    content = OmegaConf.to_yaml(own, resolve=True)
    write_atomically(run_dir / ".hydra" / "config.yaml", content.encode())
    return own
