"""A folder of its own for every run: claimed before Hydra writes anything into it."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, open_dict, read_write

from instrument_net.runs.refusal import refuse


class NewFolder(Callback):
    """Make the folder of a run, or of a sweep; ``hydra.callbacks`` in ``conf/`` names this class.

    A folder that is named after the time gets a number behind it where another run, started in the
    same second, was faster. One that the command line names is used as it is, but not over a run
    that is finished, unless that run continues.

    Hydra only warns about what a callback raises: a refusal ends the process.
    """

    def on_run_start(self, config: DictConfig, **_: Any) -> None:
        """Make the folder of a run."""
        _prepare(config, "run", "*/")

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Make the folder of a sweep, in which each run has a folder."""
        _prepare(config, "sweep", "*/*/")


def _prepare(config: DictConfig, mode: str, depth: str) -> None:
    folder = Path(config.hydra[mode].dir)
    if folder == Path():  # a fold's folder follows from clips and settings
        return
    named = any(o.startswith(f"hydra.{mode}.dir=") for o in config.hydra.overrides.hydra)
    try:
        if named:
            folder.mkdir(parents=True, exist_ok=True)
        else:
            folder = claim(folder)
    except OSError as error:
        refuse(f"{folder}: this folder cannot be made: {error.strerror}")
    if named and config.get("resume_from") is None:
        _refuse_finished(folder, depth)
    with read_write(config), open_dict(config):
        config.hydra[mode].dir = str(folder).replace("${", r"\${")


def claim(folder: Path) -> Path:
    """Make a folder that nobody else has, and return it: this one, or with ``_2``, ``_3``, ...

    Raises:
        OSError: If none can be made there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        own = folder if number == 1 else folder.with_name(f"{folder.name}_{number}")
        try:
            own.mkdir()
        except FileExistsError:
            continue
        return own
    raise AssertionError


def _refuse_finished(folder: Path, depth: str) -> None:
    from instrument_net.run_folder import REPORT_PAGE  # late: it imports pandas

    for page in folder.glob(f"{depth}{REPORT_PAGE}"):
        refuse(
            f"{folder}: holds a finished run already ({page}); name another folder, or delete this "
            "one"
        )
