"""Tables of measurements -> screen and docs/performance.md."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markdown import Markdown

from instrument_net.evaluation.markdown import markdown_table
from instrument_net.runs.environment import describe_environment

RESULTS = Path(__file__).parent.parent / "docs" / "performance.md"
_DIGITS = {"ms_per_clip": 2, "ratio": 2, "clips_per_s": 1, "peak_mib": 0, "start_s": 1}


def benchmark_parser(description: str | None, *, repeats: int) -> argparse.ArgumentParser:
    """Return a parser with the options of every benchmark."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument(
        "--repeats", type=int, default=repeats, help="timed turns of each contender"
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="Markdown file that the table is added to"
    )
    return parser


def publish(name: str, table: pd.DataFrame, *, notes: list[str], results: Path) -> None:
    """Print a table and append it, with command and environment, to a Markdown file.

    Args:
        name: The benchmark.
        table: Indexed by what was measured.
        notes: Sentences that follow the table.
        results: The file; made if there is none.
    """
    table = table.dropna(axis="columns", how="all")
    if "note" in table and not table["note"].any():
        table = table.drop(columns="note")
    shown = pd.DataFrame(
        {
            column: [_cell(value, _DIGITS.get(str(column), 3)) for value in values]
            for column, values in table.items()
        }
    )
    shown.insert(0, table.index.name or "measured", list(table.index))
    rows = markdown_table(shown)
    lines = [
        f"### {name}, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
        "",
        f"`python -m benchmarks.{name} {' '.join(sys.argv[1:])}`".replace(" `", "`"),
        "",
        _machine(),
        "",
        rows,
        "",
        *(f"- {note}" for note in notes),
    ]
    text = "\n".join(lines).rstrip() + "\n"
    console = Console()
    console.width = max(console.width, *map(len, rows.splitlines()))  # of less, cells would be cut
    console.print(Markdown(text))
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.open("a") as file:
        file.write("\n" + text)


def _cell(value: object, digits: int) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:,.{digits}f}"
    return str(value)


def _machine() -> str:
    facts = describe_environment()
    packages = facts["packages"]
    assert isinstance(packages, dict)
    commit = str(facts["git_commit"])[:7] + (" and changes" if facts["git_dirty"] else "")
    return (
        f"{_processor()}, {os.cpu_count()} cores, {facts['cpu']}, "
        f"{facts['gpu'] or 'no GPU'}; Python {facts['python']}, torch {packages['torch']}; "
        f"commit {commit}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "a processor"
