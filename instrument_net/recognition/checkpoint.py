"""Checkpoint file -> tensors and plain values, or one sentence that says why not."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from instrument_net.errors import InputError
from instrument_net.recognition.kept_settings import current_settings
from instrument_net.run_folder import RunFolder

_FIRST_BYTES = b"PK\x03\x04"  # of a zip archive, which PyTorch writes


class CheckpointError(InputError):
    """A checkpoint that cannot be used; the message names the file and the reason."""


def read_checkpoint(path: Path) -> Any:
    """Return what a checkpoint holds, on the CPU.

    The file is read as tensors and plain values only: it cannot run code.

    Raises:
        CheckpointError: If the file is missing, damaged, or holds anything else.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such checkpoint; runs keep theirs in checkpoints/")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever the reader stumbles over in bytes that are no archive
        raise CheckpointError(
            f"{path}: no checkpoint, damaged, or not of plain values alone: {_reason(path, error)}"
        ) from error


def _reason(path: Path, error: Exception) -> str:
    """Return why a file was not read; PyTorch's own words advise to run what it holds."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    with path.open("rb") as file:
        if file.read(len(_FIRST_BYTES)) != _FIRST_BYTES:
            return "it does not begin as a checkpoint does; name best.ckpt of a run"
    if isinstance(error, pickle.UnpicklingError):
        return "it holds what could run code, and was not read"
    return "it is cut or damaged; copy it again"


def checkpoint_file(path: str | Path) -> Path:
    """Return the file that is meant: a checkpoint itself, or the best one of a run's folder."""
    path = Path(path)
    if not path.is_dir():
        return path
    best = RunFolder(path).best_checkpoint
    return best if best.is_file() else path / best.name


def settings_of(content: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return the settings that a checkpoint keeps, as this version takes them.

    Args:
        content: What the checkpoint holds.
        path: Its file, for messages.

    Raises:
        CheckpointError: If it is no checkpoint of this project, or its network was trained on other
            features.
    """
    with refusals_naming(path):
        kept = content["hyper_parameters"]
        try:
            return current_settings(kept)
        except InputError as error:
            raise CheckpointError(f"{path}: {error}") from error


@contextmanager
def refusals_naming(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the content of a file into a line that names the file.

    Raises:
        CheckpointError: In the place of any error that content of another origin leads to.
    """
    try:
        yield
    except CheckpointError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())  # in one line
        raise CheckpointError(
            f"{path}: not a checkpoint of instrument_net.train: {type(error).__name__} {reason}"
        ) from error
