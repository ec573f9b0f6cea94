"""The progress display of all long work: a bar, a count and a rate."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class RateColumn(ProgressColumn):
    """Show how much is completed per second.

    Args:
        unit: What is counted.
    """

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Return the rate, or a dash before the first item is completed."""
        rate = task.finished_speed or task.speed
        shown = "-" if rate is None else f"{rate:.0f}"
        return Text(f"{shown} {self._unit}/s", style="cyan")


def work_progress(unit: str = "clips", console: Console | None = None) -> Progress:
    """Return a progress display for work that is counted in ``unit``."""
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(unit),
        TimeRemainingColumn(),
        console=console,
    )
