"""Corpus -> batches of (spectrogram, features, label)."""

from instrument_net.data.datamodule import InstrumentDataModule
from instrument_net.data.manifest import Manifest, ManifestError, read_manifest
from instrument_net.data.splits import Split, SplitError

__all__ = [
    "InstrumentDataModule",
    "Manifest",
    "ManifestError",
    "Split",
    "SplitError",
    "read_manifest",
]
