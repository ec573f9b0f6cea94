"""A corpus described by a CSV table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from instrument_net.data.manifest import Manifest, read_manifest


@dataclass(frozen=True)
class ManifestCorpus:
    """Clips listed in a CSV table; see :func:`instrument_net.data.manifest.read_manifest`.

    Attributes:
        path: The CSV file.
        labels: If given, the only labels allowed.
    """

    path: str | Path
    labels: Collection[str] | None = None

    def read(self) -> Manifest:
        """Read and check the table."""
        return read_manifest(self.path, labels=self.labels)
