"""The logger that the configuration names: built, closed with the test's scores, and looked up.

Curves come to every logger from Lightning. Pictures and sounds are TensorBoard's alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from hydra.utils import instantiate
from lightning.pytorch.loggers import (
    CSVLogger,
    Logger,
    MLFlowLogger,
    TensorBoardLogger,
    WandbLogger,
)
from omegaconf import DictConfig

from instrument_net.configuration import ConfigurationError
from instrument_net.extras import missing
from instrument_net.run_folder import CSV, TENSORBOARD, RunFolder
from instrument_net.runs.refused_values import refused_values
from instrument_net.runs.screen import shown_path

# Of others, Lightning's classes can be imported, but not built.
_NEEDED = {WandbLogger.__name__: "wandb", MLFlowLogger.__name__: "mlflow"}


def check_logger(config: DictConfig) -> None:
    """Refuse a logger whose package is not installed, before anything long begins.

    Args:
        config: ``conf/logger``.

    Raises:
        ConfigurationError: With the extra to install.
    """
    package = _NEEDED.get(_class_name(config))
    if package is not None and find_spec(package) is None:
        raise ConfigurationError(f"logger={package}: {missing(package)}")


def build_logger(config: DictConfig, folder: RunFolder) -> Logger:
    """Return the logger of ``conf/logger``; what it writes into files is in the run folder.

    Raises:
        ConfigurationError: If it refuses its settings, or its package is not installed.
    """
    check_logger(config)
    own: dict[str, str] = {"save_dir": str(folder.path)}
    if _class_name(config) == TensorBoardLogger.__name__:
        own |= {"name": "", "version": TENSORBOARD}
    elif _class_name(config) == CSVLogger.__name__:
        own |= {"name": "", "version": _new_table(folder)}
    with refused_values("logger"):
        logger: Logger = instantiate(config, **own)
    return logger


def record_result(
    logger: Logger, hyper_parameters: Mapping[str, object], metrics: Mapping[str, float]
) -> None:
    """Log what a run was made of and what it reached, and close it.

    Args:
        logger: Of the run, with its curves.
        hyper_parameters: By dotted key.
        metrics: Of the test, by their names.
    """
    if isinstance(logger, TensorBoardLogger):
        logger.log_hyperparams(dict(hyper_parameters), dict(metrics))
    else:
        logger.log_hyperparams(dict(hyper_parameters))
        logger.log_metrics(dict(metrics))
    logger.save()
    if isinstance(logger, WandbLogger):
        # The next run of this process, a fold for example, would otherwise go on in this one.
        logger.experiment.finish()


def curves_place(logger: Logger | None, shown: RunFolder) -> dict[str, str | Path]:
    """Return where the curves are, or the command that shows them, by what is to be seen there.

    Args:
        logger: Of the run, before :func:`record_result`.
        shown: The run folder, as it is printed.
    """
    if isinstance(logger, TensorBoardLogger):
        return {"curves, sounds, confusions": f"tensorboard --logdir {shown.path.parent}"}
    if isinstance(logger, CSVLogger):
        table = logger.experiment.metrics_file_path
        return {"curves": shown_path(Path(table))}
    if isinstance(logger, MLFlowLogger):
        store = logger._tracking_uri  # which Lightning keeps to itself
        return {"curves": f"mlflow ui --backend-store-uri {store}"}
    if isinstance(logger, WandbLogger):
        run = logger.experiment
        offline = f"wandb sync {shown_path(Path(run.dir).parent)}"
        return {"curves": run.url or offline}
    return {}


def _class_name(config: DictConfig) -> str:
    return str(config._target_).rpartition(".")[2]


def _new_table(folder: RunFolder) -> str:
    """Return a folder for a table; a run that continues would delete that of its beginning."""
    names = (CSV if number == 1 else f"{CSV}_{number}" for number in count(1))
    return next(name for name in names if not (folder.path / name).exists())
