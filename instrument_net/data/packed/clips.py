"""The clips of a pack in their splits: classes and sources as arrays, tables only where needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from instrument_net.data.equal_content import DIGEST, TWO_LABELS
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.packed.index import CLASSES, SOURCES, TABLE, PackIndex
from instrument_net.data.packed.place import Place
from instrument_net.own_table import read_own_table


@dataclass(frozen=True)
class PackedClips:
    """The clips of a pack as they were divided, or all of them as test clips.

    Attributes:
        place: Of the pack.
        index: Its content.
        cache: Folder for what is fetched of a remote pack.
        all_tested: Whether every clip is tested, whatever its split.
    """

    place: Place
    index: PackIndex
    cache: Path
    all_tested: bool = False

    @property
    def rule(self) -> str:
        """What divided the clips, in words."""
        return "every clip is tested" if self.all_tested else self.index.rule

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The labels that are trained; where all clips are tested, those that occur."""
        if not self.all_tested:
            return self.index.class_names
        return tuple(sorted(self.of("test")["label"].unique()))

    def of(self, split: str) -> pd.DataFrame:
        """Return the rows of one split in the order of its clips, without their digests."""
        return self.table(split).drop(columns=DIGEST)

    def table(self, split: str) -> pd.DataFrame:
        """Return the rows of one split, with their digests."""
        if not self.all_tested:
            table = self._table(split)
            return table[table["split"] == split]
        if split != "test":
            return self._table("test").head(0)
        table = pd.concat([self._table(each) for each in SPLIT_NAMES])
        return table[table["split"] != TWO_LABELS].assign(split="test")

    def positions(self, split: str) -> Tensor:
        """Return the number of each of one split's clips, int64 ``(n_clips,)``."""
        if self.all_tested:
            if split != "test":
                return torch.zeros(0, dtype=torch.int64)
            tables = [self._table(each)["split"] for each in SPLIT_NAMES]
            return torch.from_numpy(np.flatnonzero(pd.concat(tables) != TWO_LABELS))
        start = self.index.starts[split]
        return torch.from_numpy(start + np.flatnonzero(self._classes(split) >= 0))

    def labels(self, split: str) -> Tensor:
        """Return the class index of each of one split's clips, int64 ``(n_clips,)``."""
        if self.all_tested:
            code = {name: index for index, name in enumerate(self.class_names)}
            return torch.tensor([code[label] for label in self.of(split)["label"]])
        classes = self._classes(split)
        return torch.from_numpy(classes[classes >= 0].astype(np.int64))

    def sources(self) -> pd.Series:
        """Return the source of each training clip, as categories."""
        codes = self._array("train", SOURCES)[self._classes("train") >= 0]
        names = pd.Index(list(self.index.sources))
        return pd.Series(pd.Categorical.from_codes(codes, categories=names))

    def count_training(self) -> list[int]:
        """Return how many training clips there are of each class, in the order of the names."""
        return torch.bincount(self.labels("train"), minlength=len(self.class_names)).tolist()

    def blocks(self) -> Tensor:
        """Return where each chunk of training clips begins among those used, and where they end.

        Returns:
            int64 ``(n_chunks + 1,)``.
        """
        used = np.cumsum(np.concatenate([[0], self._classes("train") >= 0]))
        bounds = np.cumsum([0, *self.index.chunk_sizes["train"]])
        return torch.from_numpy(used[bounds])

    def _classes(self, split: str) -> np.ndarray:
        return self._array(split, CLASSES)

    def _array(self, split: str, name: str) -> np.ndarray:
        values: np.ndarray = np.load(self.place.local(f"{split}/{name}", self.cache))
        return values

    def _table(self, split: str) -> pd.DataFrame:
        table = read_own_table(self.place.local(f"{split}/{TABLE}", self.cache))
        return table.set_index("row")
