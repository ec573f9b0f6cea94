"""A folder of its own for every run: claimed before Hydra writes anything into it."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig, open_dict, read_write

from instrument_net.runs.processes import keep_silent, rank_of
from instrument_net.runs.refusal import refuse


class NewFolder(Callback):
    """Make the folder of a run, or of a sweep; ``hydra.callbacks`` in ``conf/`` names this class.

    A folder that is named after the time gets a number behind it where another run, started in the
    same second, was faster. One that the command line names is used as it is, but not over a run
    that is finished, unless that run continues, and not while another process works in it.

    Hydra only warns about what a callback raises: a refusal ends the process.
    """

    def on_run_start(self, config: DictConfig, **_: Any) -> None:
        """Make the folder of a run, and keep other processes out of it until this one ends.

        Of several processes that train together, the first one does that for all.
        """
        if rank_of(config.get("trainer")) > 0:
            keep_silent()
            _write_nothing(config)
            return
        folder = _prepare(config, "run", "*/")
        self._lock = None if folder is None else _only_here(folder)

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Make the folder of a sweep, in which each run has a folder."""
        _prepare(config, "sweep", "*/*/")


def _prepare(config: DictConfig, mode: str, depth: str) -> Path | None:
    folder = Path(config.hydra[mode].dir)
    if folder == Path():  # a fold's folder follows from clips and settings
        return None
    named = _is_named(config, mode)
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
    return folder


def _write_nothing(config: DictConfig) -> None:
    """Keep Hydra from making a folder that is named after the time, or writing into any."""
    with read_write(config), open_dict(config):
        config.hydra.output_subdir = None
        if not _is_named(config, "run"):
            config.hydra.run.dir = "."


def _is_named(config: DictConfig, mode: str) -> bool:
    return any(o.startswith(f"hydra.{mode}.dir=") for o in config.hydra.overrides.hydra)


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


def _only_here(folder: Path) -> object:
    """Refuse a folder in which another process works; the system frees it when a process ends."""
    from filelock import FileLock, Timeout  # late, as below: --help comes without them

    from instrument_net.run_folder import LOCK

    lock = FileLock(folder / LOCK, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        refuse(
            f"{folder}: another process is working in this folder; wait for its end, or name "
            "another folder by hydra.run.dir=..."
        )
    return lock


def _refuse_finished(folder: Path, depth: str) -> None:
    from instrument_net.run_folder import REPORT_PAGE

    for page in folder.glob(f"{depth}{REPORT_PAGE}"):
        refuse(
            f"{folder}: holds a finished run already ({page}); name another folder, or delete this "
            "one"
        )
