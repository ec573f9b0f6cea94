"""Table of clips -> train, validation and test, with the classes that are trained."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data.splits import SplitRule


@dataclass(frozen=True)
class DividedClips:
    """Clips in their splits.

    Attributes:
        own: Clips of the corpus, with the columns ``split`` and ``group``.
        extra: Those of the extra corpus, which are all trained on; ``None`` without one.
        table: Both, in the order of the store, and then with the column ``extra`` (bool).
        class_names: The labels of the training split, or of all clips where nothing is trained, in
            alphabetical order.
    """

    own: pd.DataFrame
    extra: pd.DataFrame | None
    table: pd.DataFrame
    class_names: tuple[str, ...]

    def of(self, split: str) -> pd.DataFrame:
        """Return the rows of one split."""
        return self.table[self.table["split"] == split]

    def positions(self, split: str) -> Tensor:
        """Return the positions in the store of one split's clips, int64 ``(n_clips,)``."""
        return torch.from_numpy((self.table["split"] == split).to_numpy().nonzero()[0])

    def labels(self, split: str) -> Tensor:
        """Return the class index of each of one split's clips, int64 ``(n_clips,)``."""
        code = {name: index for index, name in enumerate(self.class_names)}
        return torch.tensor([code[label] for label in self.of(split)["label"]])

    def count_training(self) -> list[int]:
        """Return how many training clips there are of each class, in the order of the names."""
        counts = self.of("train")["label"].value_counts()
        return [int(counts[name]) for name in self.class_names]


def divide(rule: SplitRule, own: pd.DataFrame, extra: pd.DataFrame | None) -> DividedClips:
    """Divide the clips of a corpus; those of an extra one are trained on.

    Args:
        rule: Assigns a split to each of the corpus' own clips.
        own: The clips of the corpus.
        extra: Those of the extra corpus, with the column ``extra``; ``None`` without one.

    Raises:
        SplitError: What the rule refuses.
    """
    table = own = own.assign(split=rule.assign(own), group=rule.groups(own))
    if extra is not None:
        extra = extra.assign(split="train", group=extra["path"])
        table = pd.concat([own.assign(extra=False), extra])
    trained = table["label"][table["split"] == "train"]
    labels = trained if len(trained) else table["label"]
    return DividedClips(own, extra, table, tuple(sorted(labels.unique())))
