"""Runs side by side: what differs in their settings, and whether their figures really differ.

python -m instrument_net.compare outputs/baseline/2026-01-01_10-00-00 outputs/perceptron_only/...
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from instrument_net.files import write_atomically

if TYPE_CHECKING:
    import pandas as pd

    from instrument_net.evaluation import Predictions

# Differ between any two runs, and explain nothing.
_NOT_COMPARED = (
    "run_dir",
    "name",
    "resume_from",
    "callbacks.checkpoint.dirpath",
    "logger.save_dir",
)


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        name: The shortest end of its path that tells it from the others.
        predictions: Of its test clips.
        settings: Its configuration, dotted key -> value; empty where it was not kept.
    """

    name: str
    predictions: Predictions
    settings: dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m instrument_net.compare",
        description="Compare finished runs: settings, figures with 95 %% intervals, classes, and "
        "each run against the first on the clips that both were tested on.",
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders, 2 or more")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("outputs/compare"),
        help="folder for comparison.md and CSVs",
    )
    options = parser.parse_args(arguments)
    if len(options.runs) < 2:
        parser.error("a comparison needs at least two runs")
    try:
        runs = [_read(folder, options.runs) for folder in options.runs]
        tables = compare_runs(runs)
    except ValueError as error:
        Console(stderr=True).print(f"[red]error:[/red] {escape(str(error))}", soft_wrap=True)
        return 2
    _print(tables)
    write_tables(tables, options.out)
    Console().print(f"\nas Markdown and CSV: {options.out}", highlight=False, soft_wrap=True)
    return 0


def compare_runs(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """Return title -> table: settings, figures, F1 per class, each run against the first.

    Raises:
        ValueError: If two runs share no test clip.
    """
    import pandas as pd

    from instrument_net.evaluation import compare_pair
    from instrument_net.evaluation.metrics import measure
    from instrument_net.evaluation.resampling import FIGURES, bootstrap_intervals

    keys = sorted({key for run in runs for key in run.settings} - set(_NOT_COMPARED))
    settings = pd.DataFrame(
        {run.name: [str(run.settings.get(key, "")) for key in keys] for run in runs}, index=keys
    )
    differ = settings.ne(settings.iloc[:, 0], axis="index").any(axis="columns")
    figures, per_class = {}, {}
    for run in runs:
        metrics = measure(run.predictions)
        intervals = bootstrap_intervals(run.predictions)
        figures[run.name] = {
            name: f"{metrics.overall[name]:.3f} ({low:.3f} to {high:.3f})"
            for name, low, high in zip(FIGURES, intervals["low"], intervals["high"], strict=True)
        } | {"n_clips": str(metrics.overall["n_clips"])}
        tested = metrics.per_class[metrics.per_class["n_clips"] > 0]
        per_class[run.name] = tested["f1"].map("{:.2f}".format)
    tables = {
        "Settings that differ": settings[differ].rename_axis("setting"),
        "Figures (95 % interval, bootstrap by recording)": pd.DataFrame(figures).rename_axis(
            "metric"
        ),
        "F1 per class": pd.DataFrame(per_class).fillna("").rename_axis("label"),
    }
    for run in runs[1:]:
        a, b = _shared(runs[0], run)
        pair = compare_pair(a, b)
        table = pd.DataFrame(
            {
                "difference": pair.differences["difference"].map("{:+.3f}".format),
                "95 % interval": [
                    f"{row.low:+.3f} to {row.high:+.3f}" for row in pair.differences.itertuples()
                ],
                "p": pair.differences["p"].map("{:.3f}".format),
            },
            index=pair.differences.index,
        )
        table.loc["McNemar"] = [
            f"{pair.only_b_right} against {pair.only_a_right} clips",
            "right by one alone",
            f"{pair.mcnemar_p:.3f}",
        ]
        tables[f"{run.name} minus {runs[0].name}, {len(a.clips)} shared clips"] = table
    return tables


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write ``comparison.md`` and one CSV per table."""
    from instrument_net.evaluation.markdown import markdown_table

    parts = ["# Comparison of runs"]
    for number, (title, table) in enumerate(tables.items(), start=1):
        parts += [f"\n## {title}\n", markdown_table(table.reset_index())]
        write_atomically(folder / f"{number}.csv", table.to_csv().encode())
    write_atomically(folder / "comparison.md", ("\n".join(parts) + "\n").encode())


def _read(folder: Path, among: Sequence[Path]) -> Run:
    from omegaconf import OmegaConf

    from instrument_net.evaluation import Predictions

    predictions = Predictions.from_csv(folder / "report" / "predictions.csv")
    config = folder / ".hydra" / "config.yaml"
    content = OmegaConf.to_container(OmegaConf.load(config)) if config.is_file() else {}
    assert isinstance(content, dict)
    return Run(_short_name(folder, among), predictions, dict(_flat(content)))


def _short_name(folder: Path, among: Sequence[Path]) -> str:
    others = [path.resolve().parts for path in among if path.resolve() != folder.resolve()]
    parts = folder.resolve().parts
    for length in range(1, len(parts) + 1):
        if all(other[-length:] != parts[-length:] for other in others):
            return "/".join(parts[-max(length, 2) :])
    return str(folder)


def _flat(node: dict[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif not str(key).startswith("_"):
            yield f"{prefix}{key}", value


def _shared(first: Run, other: Run) -> tuple[Predictions, Predictions]:
    from instrument_net.evaluation import Predictions

    a, b = first.predictions, other.predictions
    keys = [_clip_keys(run) for run in (a, b)]
    paths = [key for key in keys[0] if key in set(keys[1])]
    if not paths:
        raise ValueError(f"{first.name} and {other.name} were tested on no clip in common")
    classes = sorted({*a.class_names, *b.class_names})
    sides = []
    for predictions, own in zip((a, b), keys, strict=True):
        position = {key: index for index, key in enumerate(own)}
        chosen = [position[key] for key in paths]
        sides.append(
            Predictions(
                clips=predictions.clips.iloc[chosen],
                probabilities=predictions.probabilities[chosen],
                class_names=predictions.class_names,
            ).over(classes)
        )
    return sides[0], sides[1]


def _clip_keys(predictions: Predictions) -> list[tuple[str, float]]:
    clips = predictions.clips
    starts = clips["start_s"] if "start_s" in clips.columns else [0.0] * len(clips)
    return list(zip(clips["path"], starts, strict=True))


def _print(tables: dict[str, pd.DataFrame]) -> None:
    from instrument_net.runs.screen import print_table

    console = Console()
    for title, frame in tables.items():
        print_table(console, frame, title)


if __name__ == "__main__":
    sys.exit(main())
