"""What every corpus offers."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from instrument_net.data.manifest import Manifest


@runtime_checkable
class Corpus(Protocol):
    """A collection of labelled clips."""

    def read(self) -> Manifest:
        """Return the checked table of clips, making or finding the files first if need be."""
        ...
