"""Finished folds -> their figures side by side, and one report of all their clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from instrument_net.evaluation import Predictions, figures_of_folds, together, write_report
from instrument_net.files import write_atomically
from instrument_net.runs.screen import print_figures, print_next, print_table, shown_path

# Macro-F1 only where all folds test the same classes: a fold with one class knows no false alarm.
_AVERAGED = ("accuracy", "macro_recall")


def summarise(
    folder: Path,
    parts: Mapping[int | str, Predictions],
    table: pd.DataFrame,
    *,
    name: str,
    facts: Mapping[str, str],
) -> pd.DataFrame:
    """Write and print the folds' figures, their mean and deviation, and a report of all clips.

    Writes ``folds.csv`` and ``report/``: the clips of all folds as one test, each predicted by the
    model of its fold; its confusion matrices are thus the folds' taken together.

    Args:
        folder: Of the cross-validation.
        parts: Fold -> its predictions, of the folds that are done.
        table: What each fold tests and leaves out: the split rule's ``fold_table``.
        name: Of the experiment.
        facts: Name -> text: how the figures came about.

    Returns:
        One row a fold, then ``mean`` and ``std`` (of the sample).
    """
    figures = figures_of_folds(parts)
    rows = figures.rename(index="fold {}".format)
    summary = pd.concat([rows, figures.agg(["mean", "std"])]).rename_axis("fold")
    write_atomically(folder / "folds.csv", summary.round(6).to_csv().encode())
    averaged = [*_AVERAGED, *(["macro_f1"] if len(set(table["classes"])) == 1 else [])]
    averages = {
        f"{figure}, mean and deviation of the folds": "{:.3f} ± {:.3f}".format(
            *summary.loc[["mean", "std"], figure]
        )
        for figure in averaged
    }
    shown_folds = fold_overview(table, figures)
    report = write_report(
        folder / "report",
        together(list(parts.values())),
        title=f"Cross-validation of {name}",
        facts={**facts, **gaps(table), **averages},
        tables={"Folds, with 95 % intervals": shown_folds},
    )
    console = Console()
    brief = shown_folds.set_index("fold").drop(
        columns=["classes", "classes left out", "accuracy"], errors="ignore"
    )
    print_table(console, brief, "Folds")
    for what, text in gaps(table).items():
        console.print(f"{what}: {text}", highlight=False)
    print_figures(console, report, f"{name}: {len(parts)} folds taken together")
    for figure, text in averages.items():
        console.print(f"{figure}: {text}", highlight=False)
    shown = shown_path(folder)
    print_next(
        console,
        {"report": shown / "report" / "report.md", "figures of each fold": shown / "folds.csv"},
    )
    return summary


def fold_overview(table: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text: what each fold tests, what it leaves out, and how it did.

    Args:
        table: The split rule's ``fold_table``.
        figures: Of the folds that are done; the others are shown as ``not run``, and those that
            test no clip as ``no fold``.
    """
    all_classes = _all(table["classes"]) | _all(table["left_out"])
    rows = []
    for fold, row in zip(table.index.tolist(), table.to_dict("records"), strict=True):
        recall, accuracy = "not run" if row["n_clips"] else "no fold", ""
        if fold in figures.index:
            figure = figures.loc[fold]
            recall = (
                f"{figure['macro_recall']:.3f} "
                f"({figure['macro_recall_low']:.3f} to "
                f"{figure['macro_recall_high']:.3f})"
            )
            accuracy = f"{figure['accuracy']:.3f}"
        complete = len(row["classes"]) == len(all_classes)
        rows.append(
            {
                "fold": fold,
                "classes": f"all {len(all_classes)}" if complete else ", ".join(row["classes"]),
                "clips": row["n_clips"],
                "classes left out": ", ".join(row["left_out"]),
                "left out": row["n_left_out"],
                "macro recall": recall,
                "accuracy": accuracy,
            }
        )
    overview = pd.DataFrame(rows)
    if not table["n_left_out"].any():
        return overview.drop(columns=["classes left out", "left out"])
    return overview


def gaps(table: pd.DataFrame) -> dict[str, str]:
    """Return what a fold table lacks: classes never tested, classes without validation clips."""
    said = {}
    never = sorted(_all(table["left_out"]) - _all(table["classes"]))
    if never:
        said["Never tested"] = (
            f"{table['n_left_out'].sum()} clips, because their class is in no other source: "
            f"{', '.join(never)}"
        )
    unvalidated = table["unvalidated"][table["unvalidated"].map(len) > 0]
    if len(unvalidated):
        said["Trained, but not validated on"] = "; ".join(
            f"fold {fold}: {', '.join(classes)}" for fold, classes in unvalidated.items()
        )
    return said


def _all(classes: Sequence[tuple[str, ...]] | pd.Series) -> set[str]:
    return {name for names in classes for name in names}
