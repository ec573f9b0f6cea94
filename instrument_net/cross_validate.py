"""K-fold cross-validation: every clip is tested once, by a network that has not heard it.

python -m instrument_net.cross_validate +experiment=baseline folds=10
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.files import write_atomically
from instrument_net.train import train

if TYPE_CHECKING:
    import pandas as pd

    from instrument_net.evaluation import Predictions

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

    Args:
        config: ``conf/cross_validate.yaml`` with its stages.
        overrides: The command line's own part of it, for the reports.

    Raises:
        ConfigurationError: If ``only`` names a fold that there is not.
    """
    console = Console()
    folder = folder_of(config)
    wanted = range(config.folds) if config.only is None else list(config.only)
    if not set(wanted) <= set(range(config.folds)):
        raise ConfigurationError(f"only={list(wanted)}: folds are 0 ... {config.folds - 1}")
    for number, fold in enumerate(wanted, start=1):
        run_dir = folder / f"fold_{fold}"
        if is_done(run_dir):
            console.print(f"fold {fold}: done before, {run_dir}", highlight=False, soft_wrap=True)
            continue
        console.rule(f"fold {fold} ({number} of {len(wanted)})")
        own = OmegaConf.merge(config, {"split": {"fold": fold}, "run_dir": str(run_dir)})
        assert isinstance(own, DictConfig)
        content = OmegaConf.to_yaml(own, resolve=True)
        write_atomically(run_dir / ".hydra" / "config.yaml", content.encode())
        train(own, overrides=[*overrides, f"split.fold={fold}"])
    summarise(folder, wanted, config, overrides)


def folder_of(config: DictConfig) -> Path:
    """Return the folder of a cross-validation: the same for the same settings."""
    settings = OmegaConf.to_container(config)  # unresolved: a run's date is no setting
    assert isinstance(settings, dict)
    for key in _NOT_SETTINGS:
        del settings[key]
    digest = hashlib.sha256(repr(settings).encode()).hexdigest()[:8]
    return Path("outputs").resolve() / str(config.name) / f"cross_validation_{digest}"


def is_done(run_dir: Path) -> bool:
    """Return whether a fold has its report; what was interrupted before is trained anew."""
    return (run_dir / "report" / "report.md").is_file()  # written last


def summarise(
    folder: Path, folds: Sequence[int], config: DictConfig, overrides: list[str]
) -> pd.DataFrame:
    """Write and print the folds' figures, their mean and deviation, and a report of all clips.

    Writes ``folds.csv`` and ``report/``: the clips of all folds as one test, each predicted by the
    network of its fold; its confusion matrices are thus the folds' taken together.

    Returns:
        One row a fold, then ``mean`` and ``std`` (of the sample).
    """
    import pandas as pd

    from instrument_net.evaluation import measure, write_report
    from instrument_net.screen import print_figures, print_next, shown_path

    parts = [_predictions(folder / f"fold_{fold}") for fold in folds]
    rows = {f"fold {k}": measure(p).overall for k, p in zip(folds, parts, strict=True)}
    table = pd.DataFrame(rows).T
    summary = pd.concat([table, table.agg(["mean", "std"])]).rename_axis("fold")
    write_atomically(folder / "folds.csv", summary.round(6).to_csv().encode())
    mean_and_std = {
        f"{name}, mean and deviation of the folds": f"{mean:.3f} ± {std:.3f}"
        for name, mean, std in zip(
            summary.columns, *summary.loc[["mean", "std"]].to_numpy(), strict=True
        )
        if name in ("accuracy", "class_averaged_accuracy", "macro_f1")
    }
    tested = "all folds" if len(folds) == config.folds else f"only the folds {list(folds)}"
    report = write_report(
        folder / "report",
        _together(parts),
        title=f"Cross-validation of {config.name}",
        facts={
            "Command": f"`python -m instrument_net.cross_validate {' '.join(overrides)}`",
            "Folds": f"{tested} of {config.folds}; each clip is judged by the network that was "
            "neither trained nor validated on its group",
            **mean_and_std,
        },
    )
    console = Console()
    print_figures(console, report, f"{config.name}: {len(folds)} folds, every clip tested once")
    for name, text in mean_and_std.items():
        console.print(f"{name}: {text}", highlight=False)
    shown = shown_path(folder)
    print_next(
        console,
        {"report": shown / "report" / "report.md", "figures of each fold": shown / "folds.csv"},
    )
    return summary


def _predictions(run_dir: Path) -> Predictions:
    from instrument_net.evaluation import Predictions

    return Predictions.from_csv(run_dir / "report" / "predictions.csv")


def _together(parts: Sequence[Predictions]) -> Predictions:
    import pandas as pd
    import torch

    from instrument_net.evaluation import Predictions

    return Predictions(
        clips=pd.concat([part.clips for part in parts]),
        probabilities=torch.cat([part.probabilities for part in parts]),
        class_names=parts[0].class_names,
    )


if __name__ == "__main__":
    main()
