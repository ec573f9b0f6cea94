"""What an epoch of training draws: how many clips of each corpus, and in which balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data.balanced_sampler import BalancedSampler, Part

Sampling = Literal["shuffled", "class_balanced", "class_source_balanced"]


@dataclass(frozen=True)
class Epoch:
    """The clips of the training split, and how often an epoch has them.

    Corpora without a share are drawn from together, and an epoch has as many clips of them as there
    are; those with a share come on top, as many as make that share of the whole. Where the whole is
    given, they divide it. Within each of these parts, ``sampling`` says what is balanced.

    Attributes:
        labels: Class of each clip, int64 ``(n_clips,)``.
        clips: ``corpus`` (the name of the extra corpus, blank for the first one) and ``source``
            (blank where it is not known) of each clip, in the same order.
        sampling: ``shuffled``: nothing is balanced; ``class_balanced``: every class has the same
            say; ``class_source_balanced``: every class again, and within a class a source has the
            square root of its clips as its say: a large one does not drown the others, and the one
            clip of a small one is not learnt by heart. The clips of a class whose source is not
            known count as one source.
        shares: Extra corpus -> its share of the clips of an epoch, above 0 and, all together,
            below 1.
        whole: Clips that an epoch has; ``None``: it follows from the number of clips, as above.
    """

    labels: Tensor
    clips: pd.DataFrame
    sampling: Sampling
    shares: Mapping[str, float]
    whole: int | None = None

    @property
    def n_clips(self) -> int:
        """Clips that an epoch has."""
        return sum(part.n_drawn for part in self._parts().values())

    def sampler(self, seed: int | None = None) -> BalancedSampler:
        """Return the order of the clips, another one in every epoch.

        Args:
            seed: What the order follows from; default: drawn from torch's generator.
        """
        return BalancedSampler([*self._parts().values()], seed=seed)

    def drawn(self) -> pd.Series:
        """Return how many clips an epoch has of each corpus, on average, by its name."""
        weights = torch.zeros(len(self.labels), dtype=torch.float64)
        for part in self._parts().values():
            due = part.n_drawn * part.weights / part.weights.sum()
            for group, n_drawn in zip(part.groups, due, strict=True):
                weights[group] = float(n_drawn) / len(group)
        return pd.Series(weights.numpy()).groupby(self.clips["corpus"].to_numpy()).sum()

    def _parts(self) -> dict[str, Part]:
        """Return the part of each corpus with a share, and at "" that of all others."""
        corpora = self.clips["corpus"].to_numpy()
        shares = {name: share for name, share in self.shares.items() if (corpora == name).any()}
        names = pd.Series(corpora).where(pd.Series(corpora).isin(list(shares)), "")
        of_others = 1 - sum(shares.values())
        whole = int((names == "").sum()) / of_others if self.whole is None else self.whole
        codes, parts = self._codes(), {}
        for name in ["", *shares]:
            positions = torch.from_numpy((names == name).to_numpy().nonzero()[0])
            n_drawn = max(1, round((shares[name] if name else of_others) * whole))
            parts[name] = self._part(codes, positions, n_drawn)
        return parts

    def _part(self, codes: Tensor, positions: Tensor, n_drawn: int) -> Part:
        """Return the part that consists of some clips, of which ``codes`` says the groups."""
        part = Part.of(codes[positions], positions=positions, n_drawn=n_drawn)
        if self.sampling != "class_source_balanced":
            return part
        say = torch.tensor([len(group) for group in part.groups]).double().sqrt()
        classes = torch.stack([self.labels[group[0]] for group in part.groups])
        of_class = torch.zeros(int(classes.max()) + 1).double().index_add(0, classes, say)
        return replace(part, weights=say / of_class[classes])

    def _codes(self) -> Tensor:
        """Return the group of each clip, int64 ``(n_clips,)``."""
        if self.sampling == "shuffled":
            return torch.zeros_like(self.labels)
        if self.sampling == "class_balanced":
            return self.labels
        sources, _ = self.clips["source"].factorize(sort=True)
        return self.labels * (1 + int(sources.max(initial=0))) + torch.from_numpy(sources)
