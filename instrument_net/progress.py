"""The progress display of all long work: a bar, a count and a rate."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

PACE_S = 60.0  # between two lines of a log


class RateColumn(ProgressColumn):
    """Show how much is completed per second, on average since the task was added.

    rich's own speed is that between steps: thousands a second, where a few results come at once.

    Args:
        unit: What is counted.
    """

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Return the rate, or a dash before the first item is completed."""
        done = task.completed - task.fields["before"]
        elapsed_s = task.finished_time or task.elapsed
        shown = rate_text(done / elapsed_s) if done and elapsed_s else "-"
        return Text(f"{shown} {self._unit}/s", style="cyan")


class WorkProgress(Progress):
    """Remember of each task what was completed before it was added: no work of this process."""

    def add_task(
        self,
        description: str,
        start: bool = True,
        total: float | None = 100.0,
        completed: int = 0,
        visible: bool = True,
        **fields: Any,
    ) -> TaskID:
        """Add a task, as of any :class:`rich.progress.Progress`."""
        fields["before"] = completed
        return super().add_task(description, start, total, completed, visible, **fields)


def work_progress(unit: str = "clips", console: Console | None = None) -> Progress:
    """Return a progress display for work that is counted in ``unit``."""
    return WorkProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(unit),
        TimeRemainingColumn(),
        console=console,
    )


def rate_text(rate: float) -> str:
    """Return a rate with one decimal where a whole number would hide it.

    >>> rate_text(0.42), rate_text(57.1)
    ('0.4', '57')
    """
    return f"{rate:.1f}" if rate < 10 else f"{rate:,.0f}"


class LoggedPace:
    """Says once a minute how far work is, where no terminal shows a bar: in the log of a long run.

    Args:
        console: Where it is said; nothing is on a terminal.
        unit: What is counted.
        total: All that there is to do.
        done: What was done before this work began.
    """

    def __init__(self, console: Console, unit: str, total: int, done: int = 0) -> None:
        self._console = console
        self._unit = unit
        self._total = total
        self._before = done
        self._begun_s = self._said_s = time.monotonic()

    def at(self, done: int) -> None:
        """Say where the work is, if a minute has passed.

        Args:
            done: What is done, with what was done before.
        """
        now_s = time.monotonic()
        if self._console.is_terminal or now_s - self._said_s < PACE_S:
            return
        self._said_s = now_s
        rate = (done - self._before) / (now_s - self._begun_s)
        left = timedelta(seconds=round((self._total - done) / rate)) if rate else "unknown time"
        counted = f"{done:,} of {self._total:,} {self._unit}"
        self._console.print(f"{counted}, {rate_text(rate)} {self._unit}/s, {left} left")
