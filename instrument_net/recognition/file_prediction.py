"""What a network answers about one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from instrument_net.recognition.answer import Answer
from instrument_net.recognition.certainty import UNSURE
from instrument_net.recognition.window_weights import Level, window_weights

if TYPE_CHECKING:
    from torch import Tensor

    from instrument_net.recognition.certainty import Certainty

SILENT = "silent"  # in place of a class


@dataclass
class FilePrediction:
    """The predictions of a network for one file, window by window.

    Attributes:
        path: The file.
        class_names: Names of the classes.
        start_s: Where each window begins, in seconds.
        windows: Probabilities of each window, one tensor ``(n_classes,)`` each.
        silent_s: Where the windows begin in which nothing sounds, in seconds; they have no
            probabilities.
        error: Why the file could not be read; there are no windows then.
        duration_s: Length of the file in seconds; ``None`` where it is not known.
        notes: What to know about the file before its classes are believed: that it is silent,
            clipped, very short, or longer than a window.
        window_s: Length of a window in seconds; the last one may reach beyond the end.
        levels: Power of each window in the scale of the file; none: not known.
        vectors: What the network's output layer read of each window, ``(width,)`` each; none: not
            asked for.
        certainty: How sure the network may be of unseen sources; ``None``: not known.
        coverage: Of the set that is asked for; ``None``: of none.
    """

    path: Path
    class_names: tuple[str, ...]
    start_s: list[float] = field(default_factory=list)
    windows: list[Tensor] = field(default_factory=list)
    error: str | None = None
    silent_s: list[float] = field(default_factory=list)
    duration_s: float | None = None
    notes: list[str] = field(default_factory=list)
    window_s: float = 0.0
    levels: list[Level] = field(default_factory=list)
    vectors: list[Tensor] = field(default_factory=list)
    certainty: Certainty | None = None
    coverage: float | None = None

    def forget(self) -> None:
        """Forget all windows: what was found before the file turned out to be unreadable."""
        for held in (
            self.start_s, self.windows, self.silent_s, self.notes, self.levels, self.vectors,
        ):  # fmt: skip
            held.clear()

    @property
    def is_silent(self) -> bool:
        """Return whether nothing sounds in the file: it has no class then."""
        return self.error is None and not self.windows and bool(self.silent_s)

    @property
    def problem(self) -> str | None:
        """Return why the file has no class; ``None`` if it has one."""
        return f"{self.path}: {SILENT}, without a class" if self.is_silent else self.error

    @property
    def probabilities(self) -> Tensor:
        """Return the mean over all windows that sound, ``(n_classes,)``, sums to 1.

        Of several windows, each weighs as much as it says:
        :func:`~instrument_net.recognition.window_weights.window_weights`.
        """
        return self._mean(self.windows)

    @property
    def vector(self) -> Tensor:
        """Return the mean of the windows' vectors, weighted as the probabilities, ``(width,)``."""
        return self._mean(self.vectors)

    def _mean(self, rows: list[Tensor]) -> Tensor:
        import torch  # late: those who print predictions need none of it

        if len(rows) == 1:
            return rows[0]
        weights = window_weights(torch.stack(self.windows), self.levels)
        return (weights[:, None] * torch.stack(rows)).sum(dim=0)

    @property
    def is_unsure(self) -> bool:
        """Return whether no class explains the file, as far as the checkpoint can tell."""
        if self.certainty is None or not self.windows:
            return False
        return bool(self.certainty.is_unsure(self.probabilities[None])[0])

    @property
    def class_set(self) -> tuple[str, ...]:
        """Return the classes of the set that is asked for, the most probable first."""
        if self.certainty is None or self.coverage is None or not self.windows:
            return ()
        (names,) = self.certainty.named_sets(
            self.probabilities[None], self.coverage, self.class_names
        )
        return names

    @property
    def all_notes(self) -> list[str]:
        """Return the notes, and which class is the most probable of an unsure file."""
        if not self.is_unsure:
            return self.notes
        ((name, value),) = self.ranking(1)
        return [*self.notes, f"unsure: {name}, the most probable, has {value:.0%}"]

    @property
    def answer(self) -> Answer:
        """Return what is kept of the file when its result is written."""
        if self.error is not None:
            return Answer(self.path, None, None)
        if self.is_silent or self.is_unsure:
            return Answer(self.path, SILENT if self.is_silent else UNSURE, None)
        ((label, probability),) = self.ranking(1)
        return Answer(self.path, label, probability)

    def ranking(self, top: int | None = None) -> list[tuple[str, float]]:
        """Return (class, probability), the most probable first, at most ``top`` of them.

        None, where nothing sounds or the file could not be read.
        """
        if not self.windows:
            return []
        values, order = self.probabilities.sort(descending=True, stable=True)
        ranked = zip(order.tolist(), values.tolist(), strict=True)
        return [(self.class_names[index], value) for index, value in islice(ranked, top)]
