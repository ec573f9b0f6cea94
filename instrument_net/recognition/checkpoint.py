"""Checkpoint file -> tensors and plain values, or one sentence that says why not."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.recognition.kept_settings import current_settings
from instrument_net.recognition.weights_file import is_weights_file, read_weights_file

_PREFIX = "network."  # of the names of the network's tensors
_FIRST_BYTES = b"PK\x03\x04"  # of a zip archive, which PyTorch writes


class CheckpointError(InputError):
    """A checkpoint that cannot be used; the message names the file and the reason."""


def read_checkpoint(path: Path) -> Any:
    """Return what a checkpoint holds, on the CPU; or a file of weights, in the same layout.

    The file is read as tensors and plain values only: it cannot run code.

    Raises:
        CheckpointError: If the file is missing, damaged, or holds anything else.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such checkpoint; runs keep theirs in checkpoints/")
    try:
        if is_weights_file(path):
            return read_weights_file(path)
        _compare_checksums(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    except InputError as error:
        raise CheckpointError(f"{path}: {error}") from error
    except Exception as error:  # whatever the reader stumbles over in bytes that are no archive
        raise CheckpointError(
            f"{path}: no checkpoint, damaged, or not of plain values alone: {_reason(path, error)}"
        ) from error


def _compare_checksums(path: Path) -> None:
    """Raise if a part of the file is not as it was written; PyTorch would load other weights."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            changed = archive.testzip()
        if changed is not None:
            raise zipfile.BadZipFile(changed)


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


def network_weights(content: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the state of the network that a checkpoint holds, beside whatever trained it."""
    weights = content["state_dict"]
    return {k.removeprefix(_PREFIX): v for k, v in weights.items() if k.startswith(_PREFIX)}


def check_weights(network: nn.Module, path: Path) -> None:
    """Refuse a network that would answer NaN.

    Args:
        network: With the weights of a checkpoint.
        path: Its file, for messages.

    Raises:
        CheckpointError: If a weight is not finite.
    """
    for name, weight in network.state_dict().items():
        if not torch.isfinite(weight).all():
            raise CheckpointError(
                f"{path}: {name} holds NaN or infinite values: training had diverged; take "
                "another checkpoint"
            )


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
    except Exception as error:  # a setting may be anything, and so may what fails on it
        reason = " ".join(str(error).split())  # in one line
        raise CheckpointError(
            f"{path}: not a checkpoint of instrument_net.train: {type(error).__name__} {reason}"
        ) from error
