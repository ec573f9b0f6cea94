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
        allowed_labels: If given, the only labels that may occur.
    """

    path: str | Path
    allowed_labels: Collection[str] | None = None

    def read(self) -> Manifest:
        """Read and check the table."""
        return read_manifest(self.path, allowed_labels=self.allowed_labels)
