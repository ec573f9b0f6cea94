"""What a network answers about one file."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

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
    """

    path: Path
    class_names: tuple[str, ...]
    start_s: list[float] = field(default_factory=list)
    windows: list[Tensor] = field(default_factory=list)
    error: str | None = None
    silent_s: list[float] = field(default_factory=list)
    duration_s: float | None = None
    notes: list[str] = field(default_factory=list)

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
        """Return the mean over all windows that sound, ``(n_classes,)``, sums to 1."""
        import torch  # late: those who print predictions need none of it

        return torch.stack(self.windows).mean(dim=0)

    def ranking(self, top: int | None = None) -> list[tuple[str, float]]:
        """Return (class, probability), the most probable first, at most ``top`` of them.

        None, where nothing sounds or the file could not be read.
        """
        if not self.windows:
            return []
        values, order = self.probabilities.sort(descending=True, stable=True)
        ranked = zip(order.tolist(), values.tolist(), strict=True)
        return [(self.class_names[index], value) for index, value in islice(ranked, top)]
