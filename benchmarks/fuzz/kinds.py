"""The kinds of broken input, by name, and how many cases of each are tried."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.fuzz.trial import Kind

SIZES = {
    "audio": 10_000,
    "tables": 1_000,
    "checkpoints": 1_000,
    "configurations": 1_000,
    "folders": 100,
}
_CLASSES = {
    "audio": "AudioCases",
    "tables": "TableCases",
    "checkpoints": "CheckpointCases",
    "configurations": "ConfigurationCases",
    "folders": "FolderCases",
}


def kind_named(name: str) -> Callable[[Path], Kind]:
    """Return what makes the cases of a kind; it takes a folder for what they have in common."""
    module = import_module(f"benchmarks.fuzz.{name}")
    made: Callable[[Path], Kind] = getattr(module, _CLASSES[name])
    return made
