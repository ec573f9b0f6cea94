"""Corpus -> batches of (spectrogram, features, label)."""

from instrument_net.data.datamodule import InstrumentDataModule
from instrument_net.data.grouping import SplitError
from instrument_net.data.manifest import Manifest, ManifestError, read_manifest
from instrument_net.data.splits import Everything, KFold, Split

__all__ = [
    "Everything",
    "InstrumentDataModule",
    "KFold",
    "Manifest",
    "ManifestError",
    "Split",
    "SplitError",
    "read_manifest",
]
