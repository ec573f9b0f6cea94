"""Table of clips -> the parts that are packed one by one, in an order that is always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from instrument_net.data.decoding import Excerpt, excerpts
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.packed.index import FORMAT


@dataclass(frozen=True)
class Part:
    """Clips that become one chunk of one split.

    Attributes:
        split: Their split.
        number: Of the chunk in its split, from 0.
        excerpts: What each clip takes of which file.
        labels: Position of each clip's label among all labels of the table.
    """

    split: str
    number: int
    excerpts: Sequence[Excerpt]
    labels: Sequence[int]

    @property
    def record(self) -> str:
        """The name of the file that says that the part is packed, and what became of its clips."""
        return f"{self.split}/part-{self.number}.json"

    def key(self, sample_rate_hz: int, num_samples: int) -> str:
        """Return what is another one wherever the part would be: it follows from its files."""
        digest = hashlib.sha256(f"{FORMAT} {sample_rate_hz} {num_samples}".encode())
        for excerpt, label in zip(self.excerpts, self.labels, strict=True):
            digest.update(repr((excerpt.identity(), label)).encode())
        return digest.hexdigest()[:32]


@dataclass(frozen=True)
class Plan:
    """What is packed, and in which order.

    Attributes:
        table: All clips, with ``split`` and ``group``.
        chunk_clips: Clips of a chunk.
        seed: Of the order of the training clips.
    """

    table: pd.DataFrame
    chunk_clips: int
    seed: int

    @cached_property
    def labels(self) -> list[str]:
        """All labels of the table, in alphabetical order."""
        return sorted(self.table["label"].unique())

    @cached_property
    def _ordered(self) -> dict[str, pd.DataFrame]:
        rows = {split: self.table[self.table["split"] == split] for split in SPLIT_NAMES}
        # A chunk of training clips is a sample of all: an epoch then mixes only a few at a time.
        mixed = np.random.default_rng(self.seed).permutation(len(rows["train"]))
        return {**rows, "train": rows["train"].iloc[mixed]}

    def of(self, split: str) -> pd.DataFrame:
        """Return the rows of a split in the order in which they are packed."""
        return self._ordered[split]

    @property
    def undivided(self) -> pd.DataFrame:
        """The rows that are in no split, and not packed."""
        return self.table[~self.table["split"].isin(SPLIT_NAMES)]

    def parts(self) -> list[Part]:
        """Return the parts, those of the training clips first."""
        code = {label: number for number, label in enumerate(self.labels)}
        parts = []
        for split in SPLIT_NAMES:
            rows = self.of(split)
            for number, start in enumerate(range(0, len(rows), self.chunk_clips)):
                own = rows.iloc[start : start + self.chunk_clips]
                labels = [code[label] for label in own["label"]]
                parts.append(Part(split, number, excerpts(own), labels))
        return parts
