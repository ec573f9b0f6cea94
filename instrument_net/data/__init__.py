"""Corpus -> batches of (spectrogram, features, label)."""

from instrument_net.data.clip import load_clip
from instrument_net.data.datamodule import InstrumentDataModule
from instrument_net.data.file_facts import file_facts
from instrument_net.data.grouping import SplitError
from instrument_net.data.manifest import Manifest, ManifestError, read_manifest
from instrument_net.data.splits import (
    BySource,
    Everything,
    FoldRule,
    KFold,
    LeaveOneSourceOut,
    Split,
    SplitOfRun,
)

__all__ = [
    "BySource",
    "Everything",
    "FoldRule",
    "InstrumentDataModule",
    "KFold",
    "LeaveOneSourceOut",
    "Manifest",
    "ManifestError",
    "Split",
    "SplitError",
    "SplitOfRun",
    "file_facts",
    "load_clip",
    "read_manifest",
]
