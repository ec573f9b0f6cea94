"""Compare finished runs: which settings differ, and whether the scores differ significantly.

python -m instrument_net.compare outputs/baseline/2026-01-01_10-00-00 outputs/perceptron_only/...
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from instrument_net.drawing.formats import FORMATS
from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line, for_markdown, for_screen
from instrument_net.files import write_atomically
from instrument_net.invocation import command_name
from instrument_net.runs.refusal import refuse_missing

if TYPE_CHECKING:
    import pandas as pd

    from instrument_net.evaluation.run_comparison import Run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog=command_name("compare"),
        description="Compare finished runs: settings, metrics with 95 % intervals, classes, and "
        "each run against the first on the clips that both were tested on.",
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders, 2 or more")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("outputs/compare"),
        help="folder for comparison.md, its plot and CSVs",
    )
    parser.add_argument(
        "--figures", choices=FORMATS, default="png", help="also the format of a plot for papers"
    )
    options = parser.parse_args(arguments)
    if len(options.runs) < 2:
        parser.error("a comparison needs at least two runs")
    try:
        runs, tables = _compare(options.runs)
    except ModuleNotFoundError as error:
        refuse_missing(error)
    except InputError as error:
        Console(stderr=True).print(error_line(error), soft_wrap=True)
        return WRONG_INPUT_STATUS
    _print(tables)
    try:
        _write(runs, tables, options.out, options.figures)
    except OSError as error:
        reason = f"{options.out}: cannot be written to: {error.strerror}; choose another --out"
        Console(stderr=True).print(error_line(reason), soft_wrap=True)
        return WRONG_INPUT_STATUS
    Console().print(
        f"\nas Markdown and CSV: {for_screen(options.out)}", highlight=False, soft_wrap=True
    )
    return 0


def _compare(folders: Sequence[Path]) -> tuple[list[Run], dict[str, pd.DataFrame]]:
    from instrument_net.evaluation.run_comparison import compare_runs

    runs = [_read(folder, folders) for folder in folders]
    return runs, compare_runs(runs)


def _read(folder: Path, among: Sequence[Path]) -> Run:
    from instrument_net.evaluation import Predictions
    from instrument_net.evaluation.run_comparison import Run
    from instrument_net.run_folder import RunFolder

    run = RunFolder(folder)
    if folder.is_file():
        own = RunFolder.of_checkpoint(folder)
        advice = f": {own.path}" if own.predictions.is_file() else ""
        raise InputError(f"{folder}: a file; a comparison takes the folders of runs{advice}")
    predictions = Predictions.from_csv(run.predictions)
    return Run(_short_name(folder, among), predictions, _compared(_settings(run.config)))


def _settings(path: Path) -> dict[Any, Any]:
    """Return a run's configuration; empty where it was not kept."""
    from omegaconf import OmegaConf
    from yaml import YAMLError  # type: ignore[import-untyped]

    if not path.is_file():
        return {}
    try:
        content = OmegaConf.to_container(OmegaConf.load(path))
    except (YAMLError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: no configuration of a run: {reason}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: no configuration of a run: a list, not keys with values")
    return content


def _short_name(folder: Path, among: Sequence[Path]) -> str:
    """Return the shortest end of a path, two parts at least, that the other paths do not have."""
    others = [path.resolve().parts for path in among if path.resolve() != folder.resolve()]
    parts = folder.resolve().parts
    for length in range(1, len(parts) + 1):
        if all(other[-length:] != parts[-length:] for other in others):
            return "/".join(parts[-max(length, 2) :])
    return str(folder)


def _compared(settings: dict[Any, Any]) -> dict[str, Any]:
    from instrument_net.runs.dotted import dotted

    return {
        key: value
        for key, value in dotted(settings).items()
        if not key.rpartition(".")[2].startswith("_")
    }


def _write(
    runs: Sequence[Run], tables: dict[str, pd.DataFrame], folder: Path, figures: str
) -> None:
    """Write ``comparison.md``, its plot and one CSV per table."""
    from instrument_net.drawing.saving import save_figure
    from instrument_net.evaluation.comparison_plot import plot_comparison
    from instrument_net.evaluation.markdown import markdown_table

    draw = partial(plot_comparison, runs, title="Metrics with 95 % intervals")
    save_figure(draw, folder / "metrics", figures=figures)
    parts = ["# Comparison of runs", "\n![Metrics of each run with 95 % intervals](metrics.png)"]
    for number, (title, table) in enumerate(tables.items(), start=1):
        parts += [f"\n## {for_markdown(title)}\n", markdown_table(table.reset_index())]
        write_atomically(folder / f"{number}.csv", table.to_csv().encode())
    write_atomically(folder / "comparison.md", ("\n".join(parts) + "\n").encode())


def _print(tables: dict[str, pd.DataFrame]) -> None:
    from instrument_net.runs.screen import print_table

    console = Console()
    for title, frame in tables.items():
        print_table(console, frame, title)


if __name__ == "__main__":
    sys.exit(main())
