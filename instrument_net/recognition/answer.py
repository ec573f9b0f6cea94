"""What is kept of a classified file when its result is written: a line of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file was named.

    Attributes:
        path: The file.
        label: Its most probable class, ``silent`` or ``unsure``; ``None``: it could not be read.
        probability: Of the class; ``None`` where the label is none.
    """

    path: Path
    label: str | None
    probability: float | None
