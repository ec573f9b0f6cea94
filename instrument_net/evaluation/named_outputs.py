"""The outputs of a network under other names, and those of the same name as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from instrument_net.data.label_table import LabelTable
from instrument_net.errors import InputError


@dataclass(frozen=True)
class NamedOutputs:
    """What the outputs of a network, and the labels of clips, are called in an evaluation.

    Attributes:
        own: Names of the network's outputs, in their order.
        table: Their other names; ``None``: they keep their own.

    Raises:
        InputError: If fewer than two names are left, so that nothing can be confused.

    >>> table = LabelTable({"violin": "strings", "cello": "strings", "gong": None})
    >>> outputs = NamedOutputs(("cello", "flute", "gong", "violin"), table)
    >>> outputs.class_names
    ('flute', 'strings')
    >>> outputs.probabilities(torch.tensor([[0.25, 0.25, 0.5, 0.0]]))
    tensor([[0.5000, 0.5000]])
    """

    own: Sequence[str]
    table: LabelTable | None = None

    def __post_init__(self) -> None:
        """Check that something can be confused."""
        if self.table is not None and len(self.class_names) < 2:
            raise InputError(
                f"{self.table.origin}: leaves the network {' and '.join(self.class_names) or 'no'} "
                f"as its only output, of {', '.join(self.own)}: nothing could be confused"
            )

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names; in the network's order if they are its own, else in alphabetical order."""
        if self.table is None:
            return tuple(self.own)
        return tuple(sorted({name for name in map(self.name_of, self.own) if name is not None}))

    def name_of(self, label: str) -> str | None:
        """Return what an output, or a label of clips, is called; ``None`` if it is dropped."""
        return label if self.table is None else self.table.name_of(label)

    def probabilities(self, own: Tensor) -> Tensor:
        """Return the probability of each name: the sum over its outputs, over that of all names.

        Args:
            own: Of each output, ``(n_clips, n_outputs)``.
        """
        if self.table is None:
            return own
        column = {name: index for index, name in enumerate(self.class_names)}
        named = torch.zeros(len(own), len(column), dtype=own.dtype)
        for output, label in enumerate(self.own):
            name = self.name_of(label)
            if name is not None:
                named[:, column[name]] += own[:, output]
        return renormalised(named)

    def labelled(self, clips: pd.DataFrame) -> pd.DataFrame:
        """Return clips under the same names; a label that is dropped stays, and no output has it.

        Args:
            clips: With ``label``.
        """
        names = {label: self.name_of(label) or label for label in clips["label"].unique()}
        return clips.assign(label=clips["label"].map(names))

    def unknown(self, clips: pd.DataFrame) -> frozenset[str]:
        """Return the labels of clips, under the same names, that no output has."""
        return frozenset(self.labelled(clips)["label"]) - frozenset(self.class_names)

    def describe(self) -> str:
        """Return which outputs each name stands for, on one line."""
        outputs: dict[str, list[str]] = {}
        for label in self.own:
            outputs.setdefault(self.name_of(label) or "(dropped)", []).append(label)
        return "; ".join(f"{name}: {', '.join(labels)}" for name, labels in sorted(outputs.items()))


def renormalised(probabilities: Tensor) -> Tensor:
    """Return probabilities whose rows sum to 1; a row of zeros becomes uniform."""
    tiny = torch.finfo(probabilities.dtype).tiny
    return torch.nn.functional.normalize(probabilities.clamp_min(tiny), p=1, dim=1, eps=0)
