"""A checkpoint -> the clips of its own run, in the splits that the run put them in."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig, OmegaConf, open_dict

from instrument_net.configuration import ConfigurationError
from instrument_net.data import InstrumentDataModule, SplitOfRun
from instrument_net.data.extra import EXTRA
from instrument_net.frontend import FrontEnd
from instrument_net.run_folder import RunFolder, read_splits, working_directory
from instrument_net.runs.data_assembly import build_data

_ADVICE = "name a corpus: data=folder data.path=..."


def open_own_split(
    checkpoint: Path, front_end: FrontEnd, *, moved_to: str | None = None
) -> InstrumentDataModule:
    """Return the clips of the run that wrote a checkpoint, set up.

    What the run only trained on (``data.extra``) is left out.

    Args:
        checkpoint: In its run folder.
        front_end: The checkpoint's.
        moved_to: Where the run's folder or table of clips lies now; default: where it lay.

    Raises:
        ConfigurationError: If the run folder does not say which clips the run tested.
        InputError: If its corpus cannot be read, or holds none of the clips it tested.
    """
    run = RunFolder.of_checkpoint(checkpoint)
    settings = _config_of_the_run(run, checkpoint).data
    table = read_splits(run)
    if table is None:
        raise ConfigurationError(
            f"{checkpoint}: {run.splits} is missing, so its test split is not known; {_ADVICE}"
        )
    if EXTRA in table.columns:  # earlier versions wrote True and False
        table = table[table[EXTRA].isin(["", "False"])]
    with open_dict(settings):
        settings.extra = None
        settings.sampling = "shuffled"  # nothing is trained, and what it needs may be in extra
        if moved_to is not None:
            settings.path = str(moved_to)
        _as_today(settings)
    _place(settings, run)
    datamodule = build_data(settings, front_end, split=SplitOfRun(table))
    datamodule.setup()
    return datamodule


def _as_today(settings: DictConfig) -> None:
    """Rename what earlier versions called otherwise: ``labels`` were those that may occur."""
    if OmegaConf.is_list(settings.get("labels")):
        settings.allowed_labels = settings.labels
        settings.labels = None


def _place(settings: DictConfig, run: RunFolder) -> None:
    """Let relative paths start where the run was started, if there is nothing at them today."""
    start = working_directory(run)
    labels = settings.get("labels")
    if isinstance(labels, str) and start is not None and (start / labels).is_file():
        settings.labels = labels if Path(labels).is_file() else str(start / labels)
    given = settings.get("path")
    if not isinstance(given, str) or "://" in given or Path(given).exists():
        return
    there = None if start is None else start / given
    if there is not None and there.exists():
        settings.path = str(there)
        return
    also = "" if there is None or there == Path(given) else f", nor at {there}"
    raise ConfigurationError(
        f"the corpus of {run.path} is not at {given}{also}: say where it lies now, "
        f"moved_to=..., or {_ADVICE}"
    )


def _config_of_the_run(run: RunFolder, checkpoint: Path) -> DictConfig:
    path = run.config
    if not path.is_file():
        raise ConfigurationError(
            f"{checkpoint}: no run folder around it ({path} is missing), so its test split is "
            f"not known; {_ADVICE}"
        )
    config = OmegaConf.load(path)
    assert isinstance(config, DictConfig)
    missing = {"data", "split"} - set(config)
    if missing:
        raise ConfigurationError(
            f"{path}: not the configuration of a training run, without "
            f"{' and '.join(sorted(missing))}; {_ADVICE}"
        )
    if "InstrumentDataModule" in str(config.data.get("_target_")):
        raise ConfigurationError(
            f"{path}: written by version 0.1, which configured data in another way, so its test "
            f"split is not known; {_ADVICE}"
        )
    return config
