"""Figures and plots -> a folder that somebody else can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from instrument_net.evaluation.markdown import markdown_table
from instrument_net.evaluation.metrics import Metrics, measure
from instrument_net.evaluation.plots import plot_confusion, plot_per_class
from instrument_net.evaluation.predictions import Predictions

_SHOWN_MISTAKES = 12


def write_report(
    folder: str | Path, predictions: Predictions, *, title: str, facts: Mapping[str, str]
) -> Metrics:
    """Write metrics, tables, plots and a page of Markdown about a set of predictions.

    Writes ``report.md``, ``metrics.json``, ``per_class.csv``, ``predictions.csv``,
    ``confusion_counts.csv`` and ``.png``, ``confusion_normalised.csv`` and ``.png``, and
    ``per_class.png``.

    Args:
        folder: Made if need be; files of an earlier report are replaced.
        predictions: What to report.
        title: Heading of the page.
        facts: Name -> text, listed under the heading: how these figures came about and what they
            do not show.

    Returns:
        The figures.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    metrics = measure(predictions)
    table = predictions.table()
    shares = metrics.confusion.div(metrics.confusion.sum(axis=1).clip(lower=1), axis=0)

    (folder / "metrics.json").write_text(json.dumps(metrics.overall, indent=2) + "\n")
    metrics.per_class.round(6).to_csv(folder / "per_class.csv")
    table.to_csv(folder / "predictions.csv")
    metrics.confusion.to_csv(folder / "confusion_counts.csv")
    shares.round(6).to_csv(folder / "confusion_normalised.csv")
    for normalise, name in ((False, "confusion_counts"), (True, "confusion_normalised")):
        figure = plot_confusion(metrics.confusion, normalise=normalise, title=title)
        figure.savefig(folder / f"{name}.png", dpi=110, bbox_inches="tight")
    plot_per_class(metrics.per_class, title=title).savefig(folder / "per_class.png", dpi=110)
    (folder / "report.md").write_text(_page(title, facts, metrics, table))
    return metrics


def _page(title: str, facts: Mapping[str, str], metrics: Metrics, table: pd.DataFrame) -> str:
    overall = pd.Series(metrics.overall).drop("n_clips")
    figures = pd.DataFrame({"metric": overall.index, "value": [f"{v:.4f}" for v in overall]})
    wrong = table[~table["correct"]].sort_values("confidence", ascending=False)
    mistakes = pd.DataFrame(
        {
            "clip": [Path(path).name for path in wrong["path"]],
            "true": wrong["label"],
            "predicted": wrong["predicted"],
            "confidence": wrong["confidence"].map("{:.2f}".format),
        }
    )
    parts = [
        f"# {title}",
        *(f"- **{name}:** {text}" for name, text in facts.items()),
        f"\n## Figures on {int(metrics.overall['n_clips'])} clips\n",
        markdown_table(figures),
        "\n## Per class\n",
        markdown_table(metrics.per_class.round(3).reset_index()),
        "\n![Precision, recall and F1 of each class](per_class.png)",
        "\n## Which class is taken for which\n",
        "![Confusion matrix, counts](confusion_counts.png)\n",
        "![Confusion matrix, percent of each true class](confusion_normalised.png)",
        f"\n## Surest mistakes ({len(wrong)} of {len(table)} clips are wrong)\n",
        markdown_table(mistakes.head(_SHOWN_MISTAKES)) if len(wrong) else "None.",
    ]
    return "\n".join(parts) + "\n"
