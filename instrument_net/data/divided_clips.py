"""Table of clips -> train, validation and test, with the classes that are trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data.equal_content import COPY, DIGEST, RECORDING, content, without_copies
from instrument_net.data.manifest import SPLIT_NAMES
from instrument_net.data.splits import SplitError, SplitRule, describe_split


@dataclass(frozen=True)
class DividedClips:
    """Clips in their splits.

    Attributes:
        own: Clips of the corpus, with the columns ``digest``, ``split`` and ``group``.
        extra: Those of extra corpora, which are all trained on; ``None`` without any.
        table: All, in the order of the store, and then with the column ``extra`` (name of the extra
            corpus, or blank).
        rule: What divided them, in words.
        class_names: The labels of the clips that are in a split, in alphabetical order: rules test
            no class that they do not train.
        auxiliary: Labels that only extra corpora have, where they are to be no outputs.
    """

    own: pd.DataFrame
    extra: pd.DataFrame | None
    table: pd.DataFrame
    rule: str
    class_names: tuple[str, ...]
    auxiliary: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """Return what is learnt: the classes, and behind them the auxiliary ones."""
        return self.class_names + self.auxiliary

    def of(self, split: str) -> pd.DataFrame:
        """Return the rows of one split, without what only this package needs: their digests."""
        return self.table[self.table["split"] == split].drop(
            columns=[DIGEST, RECORDING], errors="ignore"
        )

    def positions(self, split: str) -> Tensor:
        """Return the positions in the store of one split's clips, int64 ``(n_clips,)``."""
        return torch.from_numpy((self.table["split"] == split).to_numpy().nonzero()[0])

    def labels(self, split: str) -> Tensor:
        """Return the class index of each of one split's clips, int64 ``(n_clips,)``."""
        code = {name: index for index, name in enumerate(self.targets)}
        return torch.tensor([code[label] for label in self.of(split)["label"]])

    def describe(self) -> str:
        """Return a few sentences about the split: its groups, missing classes, shared values."""
        return describe_split(self.rule, self.own, self.extra, self.auxiliary)

    def count_training(self) -> list[int]:
        """Return how many training clips there are of each of :attr:`targets`."""
        counts = self.of("train")["label"].value_counts()
        return [int(counts.get(name, 0)) for name in self.targets]


def divide(
    rule: SplitRule, own: pd.DataFrame, extra: pd.DataFrame | None, *, auxiliary: bool = False
) -> DividedClips:
    """Divide the clips of a corpus; those of extra ones are trained on.

    Args:
        rule: Assigns a split to each of the corpus' own clips.
        own: The clips of the corpus, with their ``digest``.
        extra: Those of extra corpora, with the column ``extra``; ``None`` without any.
        auxiliary: Whether classes that only they have are learnt and are no outputs.

    Raises:
        SplitError: What the rule refuses; if all clips that validate or test are copies of clips
            of an earlier split; or if a single class is left to train on.
    """
    described = rule.describe(own)  # before the split that the table itself has is replaced
    assigned = rule.assign(own)
    splits = without_copies(assigned, own)
    emptied = sorted(set(assigned) - set(splits))
    if emptied:
        raise SplitError(
            f"every clip of {emptied[0]} is a copy of a clip of an earlier split, by content: "
            "remove the copies, or put other clips there"
        )
    table = own = own.assign(split=splits, group=rule.groups(own))
    if extra is not None:
        tested = content(own)[own["split"].isin(["validation", "test"])]
        copies = content(extra).isin(tested)
        split = pd.Series("train", index=extra.index).mask(copies, COPY)
        extra = extra.assign(split=split, group=extra["path"])
        table = pd.concat([own.assign(extra=""), extra])
    trained = table["label"][table["split"] == "train"].unique()
    if len(trained) == 1:
        raise SplitError(
            f"{trained[0]!r} is the only class with clips to train on; a classifier needs two"
        )
    labels = set(table["label"][table["split"].isin(SPLIT_NAMES)])
    beside = labels - set(own["label"]) if auxiliary else set()
    names = tuple(sorted(labels - beside))
    return DividedClips(own, extra, table, described, names, tuple(sorted(beside)))


def with_left_out(divided: DividedClips, left_out: pd.DataFrame, order: pd.Index) -> DividedClips:
    """Return the same with clips in the table that are in no split.

    Args:
        divided: Without them.
        left_out: With the columns that were divided; their ``split`` says why they are left out.
        order: Of all rows, by number: that of the store.
    """
    if left_out.empty:
        return divided
    table = pd.concat([divided.table, left_out.assign(group=left_out["path"])])
    return replace(divided, table=table.loc[order])
