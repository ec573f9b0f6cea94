"""The settings of a packed corpus, which is no table of clips."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from instrument_net.errors import InputError


@dataclass(frozen=True)
class PackedCorpus:
    """Clips that ``instrument_net.pack`` wrote.

    Attributes:
        path: The folder of the pack, or its address, as ``s3://bucket/folder``.
    """

    path: str | Path

    def read(self) -> NoReturn:
        """Refuse: what asks for the table of a corpus cannot be done with a pack.

        Raises:
            InputError: Always.
        """
        raise InputError(
            f"{self.path}: a pack has its labels and its split, and is no part of another corpus: "
            "data.labels, data.extra and instrument_net.pack take the corpus that it was made of"
        )
