"""The content of a report as a page of Markdown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from instrument_net.escaping import for_markdown, prose_for_markdown
from instrument_net.evaluation.markdown import markdown_table
from instrument_net.evaluation.report_content import Report
from instrument_net.run_folder import HTML_PAGE

SHOWN_MISTAKES = 12


def report_page(
    report: Report,
    *,
    title: str,
    facts: Mapping[str, str],
    tables: Mapping[str, pd.DataFrame],
    sections: Mapping[str, str],
    sounds: Collection[str] = (),
) -> str:
    """Return the page; its plots are PNGs in the same folder.

    Args:
        report: What it states.
        title: Heading of the page.
        facts: Name -> text, listed under the heading.
        tables: Heading -> table of text, shown below the metrics.
        sections: Heading -> Markdown, at the end of the page.
        sounds: Those of the mistakes that the page in HTML can play, by :func:`sound_name`.
    """
    n_clips, n_wrong = report.metrics.overall["n_clips"], len(report.mistakes)
    parts = [
        f"# {for_markdown(title)}",
        *(f"- **{name}:** {prose_for_markdown(text)}" for name, text in facts.items()),
        "\n## Metrics\n",
        markdown_table(_metrics(report.known_metrics, report.intervals)),
        f"\nOf {n_clips} clips. Intervals: bootstrap over whole recordings.",
        *(f"\n{for_markdown(remark)}" for remark in report.remarks),
        *_common(report),
        *(
            f"\n## {for_markdown(heading)}\n\n{markdown_table(rows)}"
            for heading, rows in tables.items()
        ),
        "\n## Per-class metrics\n",
        *_per_class(report),
        "\n![Precision, recall and F1 of each class](per_class.png)",
        "\n## Confusion matrices\n",
        "![Confusion matrix, percent of each true class](confusion_normalised.png)\n",
        "- [Confusion matrix, counts](confusion_counts.png)",
        "- [Confusion matrix, each clip weighted by its confidence](confusion_weighted.png)",
        "\n## Calibration\n",
        "![Accuracy over confidence](reliability.png)",
        *_breakdowns(report),
        "\n## Most confident mistakes\n",
        f"{n_wrong} of {n_clips} clips are misclassified.",
        *(_mistakes(report, sounds) if n_wrong else []),
        *(f"\n## {heading}\n\n{text}" for heading, text in sections.items()),
    ]
    return "\n".join(parts) + "\n"


def _common(report: Report) -> list[str]:
    if report.common is None:
        return []
    parts = ["\n## Metrics among the common classes\n", for_markdown(report.common.describe())]
    if report.common.overall:
        parts.append(
            f"\n{markdown_table(_metrics(report.common.overall, report.common.intervals))}"
        )
    return parts


def _metrics(metrics: Mapping[str, float], intervals: pd.DataFrame) -> pd.DataFrame:
    overall = pd.Series(metrics).drop("n_clips")
    low, high = (intervals[limit].reindex(overall.index) for limit in ("low", "high"))
    return pd.DataFrame(
        {
            "metric": overall.index,
            "value": [f"{v:.4f}" for v in overall],
            "95 % interval": [
                "" if pd.isna(a) else f"{a:.3f} to {b:.3f}" for a, b in zip(low, high, strict=True)
            ],
        }
    )


def _per_class(report: Report) -> list[str]:
    per_class = report.metrics.per_class
    occurs = per_class["n_clips"] > 0
    parts = [markdown_table(_known(per_class[occurs]).round(3).reset_index())]
    if not occurs.all():
        absent = for_markdown(", ".join(per_class.index[~occurs]))
        parts.append(f"\nClasses without a clip, left out of all averages: {absent}.")
    return parts


def _known(per_class: pd.DataFrame) -> pd.DataFrame:
    return per_class.dropna(axis="columns", how="all")  # one class has neither precision nor F1


def _breakdowns(report: Report) -> list[str]:
    parts = ["\n## Results by metadata column"] if report.breakdowns else []
    for column, rows in report.breakdowns.items():
        parts += [f"\n### By {for_markdown(column)}\n", markdown_table(rows.round(3).reset_index())]
    return parts


def sound_name(number: int) -> str:
    """Return the name of the sound of a mistake, counted from 0."""
    return f"mistake-{number + 1}"


def _mistakes(report: Report, sounds: Collection[str]) -> list[str]:
    wrong = report.mistakes.head(SHOWN_MISTAKES)
    table = pd.DataFrame(
        {
            "clip": [Path(path).name for path in wrong["path"]],
            "true": wrong["label"],
            "predicted": wrong["predicted"],
            "confidence": wrong["confidence"].map("{:.2f}".format),
        }
    )
    if not sounds:
        return [f"\n{markdown_table(table)}"]
    names = map(sound_name, range(len(table)))
    table["sound"] = [f"[listen]({HTML_PAGE}#{n})" if n in sounds else "" for n in names]
    said = f"They play in [{HTML_PAGE}]({HTML_PAGE}), as the network gets them: mono, peak at 1."
    return [f"\n{markdown_table(table, markdown=['sound'])}", f"\n{said}"]
