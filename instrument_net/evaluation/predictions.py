"""What a network predicts for each clip of a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pandas as pd
import torch
from torch import Tensor

from instrument_net.errors import InputError
from instrument_net.own_table import as_numbers, read_own_table
from instrument_net.run_folder import RunFolder

_MEASURED = ("confidence", "true_probability")
_ADDED = ("predicted", "correct", *_MEASURED)


@dataclass(frozen=True)
class Predictions:
    """Predicted probabilities and true labels.

    Attributes:
        clips: The rows of the clip table that were classified, with ``path`` and ``label``.
        probabilities: ``(n_clips, n_classes)``, rows sum to 1.
        class_names: Name of each column.

    Raises:
        ValueError: If the shape of the probabilities is another one; with both.

    >>> clips = pd.DataFrame({"path": ["1.wav", "2.wav"], "label": ["flute", "oboe"]})
    >>> probabilities = torch.tensor([[0.9, 0.1], [0.6, 0.4]])
    >>> predictions = Predictions(clips, probabilities, ("flute", "oboe"))
    >>> predictions.correct
    tensor([ True, False])
    >>> list(predictions.table()["predicted"])
    ['flute', 'flute']
    """

    clips: pd.DataFrame
    probabilities: Tensor
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check that clips, classes and probabilities agree."""
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
        """Return the recording of each clip: column ``group``, else the clip itself.

        A clip whose ``group`` is blank is a group of its own: nothing is known about it.
        """
        paths = self.clips["path"]
        if "group" not in self.clips.columns:
            return paths
        groups = self.clips["group"]
        return groups.where(groups.notna() & (groups != ""), paths)

    def of(self, rows: Tensor) -> Self:
        """Return the predictions of some clips.

        Args:
            rows: Their positions, int64 ``(n,)``, in the order wanted; or which of all they are,
                bool ``(n_clips,)``.
        """
        return replace(
            self, clips=self.clips.iloc[rows.numpy()], probabilities=self.probabilities[rows]
        )

    def over(self, class_names: Sequence[str]) -> Self:
        """Return the same predictions with these classes as columns, matched by name.

        Args:
            class_names: All own classes, in any order, and possibly others, whose probability
                becomes 0: the network was not trained on them.

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
        """Return the predictions of a report's ``predictions.csv``, which :meth:`table` makes.

        Raises:
            InputError: If the file is missing or is no such table; with its path.
        """
        path = Path(path)
        if not path.is_file():
            raise InputError(
                f"{path}: no such file; a finished run has {RunFolder(Path()).predictions}"
            )
        try:
            table = _read(path)
        except ValueError as error:  # empty, not text, or rows of different lengths
            raise InputError(f"{path}: no CSV table: {error}") from error
        columns = [c for c in table.columns if _is_probability(c)]
        missing = {"path", "label", *_ADDED} - set(table.columns)
        if missing or not columns:
            names = ", ".join([*sorted(missing), *([] if columns else ["p(<class>)"])])
            raise InputError(f"{path}: not the predictions of a report: no columns {names}")
        unknown = sorted(set(table["label"]) - {column[2:-1] for column in columns})
        if unknown or table.empty:
            wrong = f"no column p({unknown[0]})" if unknown else "it holds no clip"
            raise InputError(f"{path}: not the predictions of a report: {wrong}")
        return cls(
            clips=table.drop(columns=[*columns, *_ADDED]),
            probabilities=torch.from_numpy(table[columns].to_numpy(dtype="float32")),
            class_names=tuple(column[2:-1] for column in columns),
        )

    def table(self) -> pd.DataFrame:
        """Return one row a clip: its metadata, the prediction, and the probability of each class.

        Returns:
            The columns of ``clips``; ``predicted``, the most probable class, and ``correct``;
            ``confidence``, the probability of the predicted class, and ``true_probability``, that
            of the true class; ``p(<class>)`` of every class, rounded to six digits.
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


def _is_probability(column: str) -> bool:
    return column.startswith("p(") and column.endswith(")")


def _read(path: Path) -> pd.DataFrame:
    """Return the table with its first column, the rows' numbers, as the index."""
    table = read_own_table(path)
    measured = [c for c in table.columns if c in _MEASURED or _is_probability(c)]
    table[measured] = table[measured].apply(as_numbers)
    table = table.set_index(table.columns[0]).rename_axis(None)
    if table.index.str.fullmatch(r"\d+").all():
        table.index = table.index.astype(int)
    if "correct" in table.columns:
        table["correct"] = table["correct"] == "True"
    return table
