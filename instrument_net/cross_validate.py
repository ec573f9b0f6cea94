"""Cross-validation: every clip is tested once, by a network that has not heard it.

python -m instrument_net.cross_validate +experiment=baseline folds=10
python -m instrument_net.cross_validate +experiment=baseline split=leave_one_source_out \
    data=manifest data.path=clips.csv
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, ListConfig, OmegaConf
from rich.console import Console

from instrument_net.command import checked, run_command
from instrument_net.configuration import (
    CONF_DIR,
    ConfigurationError,
    did_you_mean,
    refused_values,
)
from instrument_net.files import write_atomically
from instrument_net.train import train

# Do not change what a fold's network learns: not part of what names the folder.
_NOT_SETTINGS = ("only", "run_dir", "resume_from")


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="cross_validate")
def _command(config: DictConfig) -> None:
    overrides = list(HydraConfig.get().overrides.task)
    checked(lambda composed: cross_validate(composed, overrides=overrides), config)


def cross_validate(config: DictConfig, *, overrides: list[str]) -> None:
    """Train and test every fold that is not done yet, then write the summary.

    Which folds there are is for the split rule to say, given the clips that can be read.

    Args:
        config: ``conf/cross_validate.yaml`` with its stages.
        overrides: The command line's own part of it, for the reports.

    Raises:
        ConfigurationError: If the split has no folds, or ``only`` names a fold that there is not.
    """
    # Here and not above: --help and a misspelled key need no torch.
    from hydra.utils import instantiate

    from instrument_net.data import FoldRule
    from instrument_net.evaluation import Predictions
    from instrument_net.fold_summary import summarise

    console = Console()
    _refuse_overrides(config, overrides)
    rule = instantiate(config.split)
    if not isinstance(rule, FoldRule):
        raise ConfigurationError(
            "this split has no folds: instrument_net.train runs it; split=k_fold and "
            "split=leave_one_source_out have some"
        )
    open_data = instantiate(config.data, _partial_=True)
    with refused_values("data"):
        datamodule = open_data(front_end=instantiate(config.frontend), split=rule)
    table = rule.fold_table(datamodule.own_clips)
    folds = table.index[table["n_clips"] > 0].tolist()
    wanted = chosen_folds(folds, config.only)
    folder = folder_of(config)
    _keep_config(config, folder)
    for number, fold in enumerate(wanted, start=1):
        run_dir = run_dir_of(folder, fold)
        if is_done(run_dir):
            console.print(f"fold {fold}: done before, {run_dir}", highlight=False, soft_wrap=True)
            continue
        console.rule(f"fold {fold} ({number} of {len(wanted)})")
        own = OmegaConf.merge(config, {"split": {"fold": fold}})
        train(_keep_config(own, run_dir), overrides=[*overrides, f"split.fold={fold}"])
    extra = datamodule.describe_extra()
    tested = "all" if len(wanted) == len(folds) else f"only {', '.join(map(str, wanted))}"
    summarise(
        folder,
        {
            fold: Predictions.from_csv(run_dir_of(folder, fold) / "report" / "predictions.csv")
            for fold in wanted
        },
        table,
        name=config.name,
        facts={
            "Command": f"`python -m instrument_net.cross_validate {' '.join(overrides)}`",
            "Folds": f"{tested} of {len(folds)}; {rule.promise}",
            **({} if extra is None else {"Extra": extra}),
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
            f"{did_you_mean((unknown or [''])[0], by_name)}"
        )
    return [by_name[str(fold)] for fold in only]


def folder_of(config: DictConfig) -> Path:
    """Return the folder of a cross-validation: the same for the same settings.

    Raises:
        ConfigurationError: If ``init_from`` names no file.
    """
    settings = OmegaConf.to_container(config)  # unresolved: a run's date is no setting
    assert isinstance(settings, dict)
    for key in _NOT_SETTINGS:
        del settings[key]
    if settings["init_from"] is not None:  # the weights are the setting, not the name of their file
        settings["init_from"] = _digest_of(Path(settings["init_from"]))
    digest = hashlib.sha256(repr(settings).encode()).hexdigest()[:8]
    return Path("outputs").resolve() / str(config.name) / f"cross_validation_{digest}"


def run_dir_of(folder: Path, fold: int | str) -> Path:
    """Return the run folder of a fold, named after it: ``fold_3``, ``fold_iowa_mis``."""
    name = str(fold)
    safe = re.sub(r"[^\w.-]+", "_", name)
    if safe != name:  # two names may differ only in what a path cannot hold
        safe += f"_{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return folder / f"fold_{safe}"


def is_done(run_dir: Path) -> bool:
    """Return whether a fold has its report; what was interrupted before is trained anew."""
    return (run_dir / "report" / "report.md").is_file()  # written last


def _digest_of(checkpoint: Path) -> str:
    if not checkpoint.is_file():
        raise ConfigurationError(f"init_from: {checkpoint}: no such checkpoint")
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


if __name__ == "__main__":
    main()
