"""What every command ends with on screen: the metrics, and where the rest is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from instrument_net.escaping import for_screen
from instrument_net.evaluation import Report
from instrument_net.evaluation.common_classes import CommonClasses


def print_metrics(console: Console, report: Report, title: str) -> None:
    """Print a report's metrics with their intervals, and its weakest classes."""
    table = Table(title=for_screen(title), title_justify="left")
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_column("95 % interval")
    for metric, value in report.known_metrics.items():
        interval = ""
        if metric in report.intervals.index:
            low, high = report.intervals.loc[metric]
            interval = f"{low:.3f} to {high:.3f}"
        table.add_row(metric, f"{value:.4f}" if isinstance(value, float) else str(value), interval)
    console.print(table)
    for remark in report.remarks:
        console.print(for_screen(remark), highlight=False, soft_wrap=True)
    worst = report.metrics.per_class.dropna().sort_values("f1").head(3)
    if worst.empty:
        return
    console.print(
        for_screen(
            "weakest classes: " + ", ".join(f"{n} (F1 {f:.2f})" for n, f in worst["f1"].items())
        )
    )


def print_common_classes(console: Console, common: CommonClasses) -> None:
    """Print which classes a network and other clips have in common, and the scores among them."""
    console.print(for_screen(common.describe()), highlight=False, soft_wrap=True)
    if not common.overall:
        return
    values = {name: f"{v:.4f}" for name, v in common.overall.items() if isinstance(v, float)}
    rows = pd.DataFrame({"value": values}).rename_axis("metric")
    print_table(console, rows, f"among the {len(common.names)} common classes")


def print_table(console: Console, frame: pd.DataFrame, title: str) -> None:
    """Print a table of text, its index as the first column."""
    table = Table(title=for_screen(title), title_justify="left")
    for column in (frame.index.name, *frame.columns):
        table.add_column(for_screen(column), overflow="fold")
    for name, row in frame.iterrows():
        table.add_row(for_screen(name), *(for_screen(value) for value in row))
    console.print(table)


def print_next(console: Console, places: Mapping[str, str | Path]) -> None:
    """Print where to look next; files below the working directory relative to it."""
    console.print("\nLook at it next:", style="bold")
    for what, where in places.items():
        console.print(f"  {what:28}{for_screen(where)}", highlight=False, soft_wrap=True)


def shown_path(path: Path) -> Path:
    """Return a path as one would type it: relative, where it lies below the working directory."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
