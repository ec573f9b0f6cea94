"""Finished folds -> their metrics side by side, and one report of all their clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from rich.console import Console

from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions, fold_metrics, pooled, write_report
from instrument_net.evaluation.how_sure_section import write_how_sure
from instrument_net.files import write_atomically
from instrument_net.frontend import FrontEnd
from instrument_net.run_folder import RunFolder
from instrument_net.runs.screen import print_metrics, print_next, print_table, shown_path

# Macro-F1 only where all folds test the same classes: a fold with one class has no false alarm.
_AVERAGED = ("accuracy", "macro_recall")


def summarise(
    folder: RunFolder,
    parts: Mapping[int | str, Predictions],
    table: pd.DataFrame,
    *,
    name: str,
    facts: Mapping[str, str],
    figures: str,
    of_unseen_sources: bool,
    front_end: FrontEnd,
) -> pd.DataFrame:
    """Write and print the folds' metrics, their mean and deviation, and a report of all clips.

    The clips of all folds are reported as one test, each predicted by the model of its fold; the
    confusion matrices are thus those of the folds taken together.

    Args:
        folder: Of the cross-validation.
        parts: Fold -> its predictions, of the folds that are done.
        table: What each fold tests and leaves out: the split rule's ``fold_table``.
        name: Of the experiment.
        facts: Name -> text: how the metrics came about.
        figures: Format of the plots.
        of_unseen_sources: Whether no fold was trained on the sources that it tests: the report then
            says how sure the networks are of such sources.
        front_end: Of the networks.

    Returns:
        One row a fold, then ``mean`` and ``std`` (of the sample).
    """
    metrics = fold_metrics(parts)
    rows = metrics.rename(index="fold {}".format)
    summary = pd.concat([rows, metrics.agg(["mean", "std"])]).rename_axis("fold")
    write_atomically(folder.folds, summary.round(6).to_csv().encode())
    averages = _averages(summary, table)
    overview = fold_overview(table, metrics)
    together = pooled(list(parts.values()))
    sections = {}
    if of_unseen_sources:
        sections = write_how_sure(together, folder.report, figures=figures)
    report = write_report(
        folder.report,
        together,
        title=f"Cross-validation of {name}",
        facts={**facts, **gaps(table), **averages},
        tables={"Folds, with 95 % intervals": overview},
        sections=sections,
        figures=figures,
        front_end=front_end,
    )
    console = Console()
    brief = overview.set_index("fold").drop(
        columns=["classes", "classes left out", "accuracy"], errors="ignore"
    )
    print_table(console, brief, "Folds")
    for what, text in gaps(table).items():
        console.print(for_screen(f"{what}: {text}"), highlight=False)
    print_metrics(console, report, f"{name}: {len(parts)} folds taken together")
    for metric, text in averages.items():
        console.print(f"{metric}: {text}", highlight=False)
    shown = RunFolder(shown_path(folder.path))
    pages = {"report": shown.report_page, "the same in a browser": shown.html_page}
    print_next(console, {**pages, "metrics of each fold": shown.folds})
    return summary


def fold_overview(table: pd.DataFrame, metrics: pd.DataFrame) -> pd.DataFrame:
    """Return a table of text: what each fold tests, what it leaves out, and its metrics.

    Args:
        table: The split rule's ``fold_table``.
        metrics: Of the folds that are done; the others are shown as ``not run``, and those that
            test no clip as ``no fold``.
    """
    all_classes = _all(table["classes"]) | _all(table["left_out"])
    rows = []
    for fold, row in zip(table.index.tolist(), table.to_dict("records"), strict=True):
        recall, accuracy = "not run" if row["n_clips"] else "no fold", ""
        if fold in metrics.index:
            own = metrics.loc[fold]
            recall = (
                f"{own['macro_recall']:.3f} "
                f"({own['macro_recall_low']:.3f} to {own['macro_recall_high']:.3f})"
            )
            accuracy = f"{own['accuracy']:.3f}"
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
    """Return what a fold table misses: classes never tested, classes without validation clips."""
    described = {}
    never = sorted(_all(table["left_out"]) - _all(table["classes"]))
    if never:
        described["Never tested"] = (
            f"{table['n_left_out'].sum()} clips, because their class is in no other source: "
            f"{', '.join(never)}"
        )
    unvalidated = table["unvalidated"][table["unvalidated"].map(len) > 0]
    if len(unvalidated):
        described["Trained, but not validated on"] = "; ".join(
            f"fold {fold}: {', '.join(classes)}" for fold, classes in unvalidated.items()
        )
    return described


def _averages(summary: pd.DataFrame, table: pd.DataFrame) -> dict[str, str]:
    classes = set(table["classes"])
    same_classes = len(classes) == 1 and len(*classes) > 1
    return {
        f"{metric}, mean and deviation of the folds": "{:.3f} ± {:.3f}".format(
            *summary.loc[["mean", "std"], metric]
        )
        for metric in [*_AVERAGED, *(["macro_f1"] if same_classes else [])]
    }


def _all(classes: Sequence[tuple[str, ...]] | pd.Series) -> set[str]:
    return {name for names in classes for name in names}
