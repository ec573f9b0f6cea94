"""One look for every long piece of work: a bar, a count and a rate."""

from __future__ import annotations

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
    """Show how many clips are done per second."""

    def render(self, task: Task) -> Text:
        """Return the rate, or a dash before the first clip."""
        rate = task.finished_speed or task.speed
        return Text("- clips/s" if rate is None else f"{rate:.0f} clips/s", style="cyan")


def clip_progress() -> Progress:
    """Return a progress display for work that is counted in clips."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
