"""What a network said about each clip of a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pandas as pd
import torch
from torch import Tensor

_ADDED = ("predicted", "correct", "confidence", "true_probability")


@dataclass(frozen=True)
class Predictions:
    """Probabilities beside the truth.

    Attributes:
        clips: The table rows that were classified, with ``path`` and ``label``.
        probabilities: ``(n_clips, n_classes)``, rows sum to 1.
        class_names: Name of each column.
    """

    clips: pd.DataFrame
    probabilities: Tensor
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse tables that do not belong together.

        Raises:
            ValueError: With both sizes.
        """
        expected = (len(self.clips), len(self.class_names))
        if tuple(self.probabilities.shape) != expected:
            raise ValueError(
                f"probabilities have shape {tuple(self.probabilities.shape)}, "
                f"{expected[0]} clips and {expected[1]} classes need {expected}"
            )

    @property
    def labels(self) -> Tensor:
        """Return the true class indices, int64 ``(n_clips,)``."""
        code = {name: index for index, name in enumerate(self.class_names)}
        return torch.tensor([code[label] for label in self.clips["label"]], dtype=torch.int64)

    @property
    def correct(self) -> Tensor:
        """Return whether the most probable class is the true one, bool ``(n_clips,)``."""
        return self.probabilities.argmax(dim=1) == self.labels

    @property
    def groups(self) -> pd.Series:
        """Return which recording each clip belongs to: column ``group``, else the clip itself."""
        return self.clips["group"] if "group" in self.clips.columns else self.clips["path"]

    def over(self, class_names: Sequence[str]) -> Self:
        """Return the same predictions with these classes as columns, matched by name.

        Args:
            class_names: All own ones, in any order, and others, which get the probability 0: the
                network did not know them.

        Raises:
            ValueError: If one of the own classes is missing.
        """
        missing = sorted(set(self.class_names) - set(class_names))
        if missing:
            raise ValueError(f"predictions of {', '.join(missing)} would be lost")
        column = {name: index for index, name in enumerate(class_names)}
        probabilities = self.probabilities.new_zeros(len(self.clips), len(class_names))
        own = [column[name] for name in self.class_names]
        probabilities[:, own] = self.probabilities
        return replace(self, probabilities=probabilities, class_names=tuple(class_names))

    @classmethod
    def from_csv(cls, path: str | Path) -> Self:
        """Read back what :meth:`table` wrote: a report's ``predictions.csv``.

        Raises:
            ValueError: If the file is missing or no such table, naming it.
        """
        path = Path(path)
        if not path.is_file():
            raise ValueError(f"{path}: no such file; a finished run has report/predictions.csv")
        table = pd.read_csv(path, index_col=0, dtype={"path": str, "label": str, "group": str})
        columns = [c for c in table.columns if c.startswith("p(") and c.endswith(")")]
        if not columns or not {"path", "label"} <= set(table.columns):
            raise ValueError(f"{path}: not the predictions of a report: no columns p(<class>)")
        return cls(
            clips=table.drop(columns=[*columns, *_ADDED]),
            probabilities=torch.from_numpy(table[columns].to_numpy(dtype="float32")),
            class_names=tuple(column[2:-1] for column in columns),
        )

    def table(self) -> pd.DataFrame:
        """Return one row a clip: its columns, what was predicted, how surely, and each probability.

        ``true_probability`` is what the network gave the right answer; ``confidence`` what it gave
        its own.
        """
        confidence, predicted = self.probabilities.max(dim=1)
        true = self.probabilities.gather(1, self.labels[:, None])[:, 0]
        named = pd.DataFrame(
            self.probabilities.numpy(),
            columns=[f"p({name})" for name in self.class_names],
            index=self.clips.index,
        )
        return self.clips.assign(
            predicted=[self.class_names[index] for index in predicted],
            correct=(predicted == self.labels).numpy(),
            confidence=confidence.numpy(),
            true_probability=true.numpy(),
        ).join(named.round(6))
