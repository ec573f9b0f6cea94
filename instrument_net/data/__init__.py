"""Corpus -> batches of (spectrogram, features, label)."""

from instrument_net.data.datamodule import InstrumentDataModule
from instrument_net.data.grouping import SplitError
from instrument_net.data.manifest import Manifest, ManifestError, read_manifest
from instrument_net.data.splits import (
    BySource,
    Everything,
    FoldRule,
    KFold,
    LeaveOneSourceOut,
    Split,
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
    "read_manifest",
]
