"""Plots of confusion matrix, per-class metrics and reliability."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure


def plot_confusion(
    confusion: pd.DataFrame, *, normalise: bool, title: str, unit: str = "number of clips"
) -> Figure:
    """Draw a confusion matrix.

    Args:
        confusion: Counts or weights, true class by row, predicted class by column.
        normalise: Show per cent of the row's sum (the recall of the class on the diagonal)
            instead of the values. A class without clips gives an empty row.
        title: Title of the figure.
        unit: Unit of the values.

    Returns:
        A square figure whose size grows with the number of classes.

    >>> confusion = pd.DataFrame([[3, 1], [0, 2]], ["flute", "oboe"], ["flute", "oboe"])
    >>> figure = plot_confusion(confusion, normalise=True, title="Test split")
    >>> figure.axes[0].get_title()
    'Test split (% of each true class)'
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['75', '25', '100']
    """
    counts = confusion.to_numpy(dtype=float)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    n = len(counts)
    size_in = max(4.5, 0.42 * n + 2.4)
    figure = Figure(figsize=(size_in + 0.6, size_in), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        share = shares[row, column]
        value = 100 * share if normalise else counts[row, column]
        digits = 0 if normalise or value >= 10 or value == round(value) else 1
        text = f"{value:.{digits}f}"
        axes.text(
            column, row, text, ha="center", va="center", fontsize=8, in_layout=False,
            color="white" if share > 0.55 else "black",
        )  # fmt: skip
    axes.set_xticks(range(n), list(confusion.columns), rotation=90)
    axes.set_yticks(range(n), list(confusion.index))
    axes.set_xticks(np.arange(n + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(n + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="0.9", linewidth=0.5)
    axes.tick_params(which="both", length=0)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true", labelpad=10)
    axes.set_title(f"{title} ({'% of each true class' if normalise else unit})")
    figure.colorbar(image, ax=axes, shrink=0.7, label="share of the true class")
    return figure


def plot_per_class(per_class: pd.DataFrame, *, title: str) -> Figure:
    """Draw precision, recall and F1 of every class, worst F1 first.

    Args:
        per_class: Indexed by class, with ``precision``, ``recall``, ``f1`` and ``n_clips``.
        title: Title of the figure.
    """
    ordered = per_class.sort_values("f1", ascending=False, kind="stable")
    y = np.arange(len(ordered))
    figure = Figure(figsize=(7, 0.32 * len(ordered) + 1.6), layout="constrained")
    axes = figure.subplots()
    axes.barh(y, ordered["f1"], color="#9ecae1", label="F1")
    axes.plot(
        ordered["precision"], y, "|", color="#08519c", markersize=12, mew=2, label="precision"
    )
    axes.plot(ordered["recall"], y, "o", color="#d94801", markersize=4.5, label="recall")
    names = [f"{name} ({count})" for name, count in ordered["n_clips"].items()]
    axes.set_yticks(y, names)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.7, len(ordered) - 0.3)
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.set_xlabel("score of the class (number of test clips in brackets)")
    axes.set_title(title)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def plot_reliability(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw a reliability diagram: accuracy over confidence, with the number of clips below.

    Args:
        tables: Name in the legend -> what
            :func:`instrument_net.evaluation.calibration.reliability` returns.
        title: Title of the figure.
    """
    figure = Figure(figsize=(5.2, 5.6), layout="constrained")
    axes, below = figure.subplots(2, sharex=True, height_ratios=[3, 1])
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", label="perfect calibration")
    for index, (name, table) in enumerate(tables.items()):
        filled = table[table["n_clips"] > 0]
        colour = ("#d94801", "#08519c")[index % 2]
        axes.plot(
            filled["confidence"], filled["accuracy"], "o-", color=colour, markersize=5, label=name
        )
        width = 1 / len(table) / len(tables)
        below.bar(table.index + width * (index + 0.5), table["n_clips"], 0.9 * width, color=colour)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlim(0, 1)
    axes.set_ylabel("accuracy")
    axes.set_title(title)
    axes.legend(loc="upper left", frameon=False)
    below.set_ylabel("clips")
    below.set_xlabel("confidence")
    for part in (axes, below):
        part.grid(color="0.9")
        part.set_axisbelow(True)
    return figure
