"""One fold of a cross-validation in its folder: trained and tested, or continued."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from instrument_net.escaping import for_screen
from instrument_net.files import write_atomically
from instrument_net.run_folder import CLAIM, LOCK, RunFolder
from instrument_net.runs.resuming import ResumeError
from instrument_net.runs.signals import Continuation
from instrument_net.runs.training import train


def run_fold(
    config: DictConfig,
    fold: int | str,
    folder: RunFolder,
    *,
    overrides: Sequence[str],
    continuation: Continuation,
) -> None:
    """Train and test a fold, from the last checkpoint of its folder if there is one.

    It ends with the figures of a fold that was never interrupted. Where the checkpoint cannot be
    used, one line says why, and the fold is trained anew.

    Args:
        config: Of the cross-validation.
        fold: Its number, or the source that it tests.
        folder: That this process has claimed.
        overrides: What a command line would say for the cross-validation.
        continuation: How it goes on once it is interrupted.
    """
    own = OmegaConf.merge(config, {"split": {"fold": fold}, "run_dir": str(folder.path)})
    assert isinstance(own, DictConfig)
    named = [*overrides, f"split.fold={fold}"]
    if folder.last_checkpoint.is_file():
        again = OmegaConf.merge(own, {"resume_from": str(folder.path)})
        assert isinstance(again, DictConfig)
        try:
            train(again, overrides=named, continuation=continuation)
        except ResumeError as error:
            said = for_screen(f"fold {fold} is trained anew: {error}")
            Console().print(said, highlight=False, soft_wrap=True)
        else:
            return
    _clear(folder)
    write_config(own, folder)
    train(own, overrides=named, continuation=continuation)


def write_config(config: DictConfig, folder: RunFolder) -> None:
    """Write the configuration of a run that Hydra has not started, where Hydra would write it."""
    own = OmegaConf.merge(config, {"run_dir": str(folder.path)})
    write_atomically(folder.config, OmegaConf.to_yaml(own).encode())


def _clear(folder: RunFolder) -> None:
    """Delete what an interrupted run left: its curves would be drawn with those of the next."""
    for path in folder.path.iterdir():
        if path.name in (LOCK, CLAIM):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
