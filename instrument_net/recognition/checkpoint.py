"""Checkpoint file -> tensors and plain values, or one sentence that says why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from instrument_net.errors import InputError
from instrument_net.recognition.kept_settings import current_settings


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
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(
            f"{path}: no checkpoint, damaged, or not of plain values alone: {reason}"
        ) from error


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
