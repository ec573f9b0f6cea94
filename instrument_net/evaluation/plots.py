"""Plots of confusion matrix, per-class metrics and reliability."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot

Array = npt.NDArray[np.floating]


_MOST_CLASSES = 60  # of more, numbers in cells cannot be read, and not every class has room
_MOST_NUMBERS = 1000  # each takes about a millisecond, and a validation draws this every epoch
_MOST_TICKS = 40
_LARGEST_IN = 9.0


def plot_confusion(
    confusion: pd.DataFrame, *, normalise: bool, title: str, unit: str = "number of clips"
) -> Figure:
    """Draw a confusion matrix.

    Args:
        confusion: Counts or weights, true class by row, predicted class by column.
        normalise: Show per cent of the row's sum (the recall of the class on the diagonal)
            instead of the values. A class without clips gives an empty row, and is named so.
        title: Title of the figure.
        unit: Unit of the values.

    Returns:
        A square figure whose size grows with the number of classes up to 60. Of more, cells are
        coloured without numbers, as where over 1000 are not 0, and not every class is named.

    >>> confusion = pd.DataFrame([[3, 1], [0, 2]], ["flute", "oboe"], ["flute", "oboe"])
    >>> figure = plot_confusion(confusion, normalise=True, title="Test split")
    >>> figure.get_suptitle()
    'Test split (% of each true class)'
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['75', '25', '100']
    """
    counts = confusion.to_numpy(dtype=float)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    n = len(counts)
    has_room = n <= _MOST_CLASSES
    size_in = max(4.5, 0.42 * n + 2.4) if has_room else _LARGEST_IN
    figure = Figure(figsize=(size_in + 0.6, size_in), layout="constrained")
    axes = figure.subplots()
    edges = np.arange(n + 1) - 0.5
    cells = axes.pcolormesh(
        edges, edges, shares, cmap="Blues", vmin=0, vmax=1, rasterized=not has_room,
        edgecolors="0.9" if has_room else "none", linewidth=0.5,
    )  # fmt: skip
    axes.set_aspect("equal")
    axes.invert_yaxis()
    if has_room and np.count_nonzero(counts) <= _MOST_NUMBERS:
        _write_numbers(axes, 100 * shares if normalise else counts, shares, whole=normalise)
    named = range(0, n, 1 if has_room else -(-n // _MOST_TICKS))
    small = "medium" if has_room else "x-small"
    names = [for_plot(confusion.index[k]) for k in named]
    axes.set_xticks(named, names, rotation=90, fontsize=small)
    tested = [
        name if totals[k] else f"{name} (no clips)" for k, name in zip(named, names, strict=True)
    ]
    axes.set_yticks(named, tested, fontsize=small)
    axes.tick_params(length=0)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true", labelpad=10)
    add_title(figure, f"{title} ({'% of each true class' if normalise else unit})")
    figure.colorbar(
        cells, ax=axes, shrink=0.7, label="share of the true class", format=PercentFormatter(xmax=1)
    )
    return figure


def _write_numbers(axes: Axes, values: Array, shares: Array, *, whole: bool) -> None:
    """Write the values that are not 0 into their cells."""
    for row, column in zip(*np.nonzero(values), strict=True):
        value = values[row, column]
        digits = 0 if whole or value >= 10 or value == round(value) else 1
        axes.text(
            column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize="small",
            in_layout=False, color="white" if shares[row, column] > 0.55 else "black",
        )  # fmt: skip


def plot_per_class(per_class: pd.DataFrame, *, title: str) -> Figure:
    """Draw precision, recall and F1 of every class, or of the 60 with the worst F1, worst first.

    Args:
        per_class: Indexed by class, with ``precision``, ``recall``, ``f1`` and ``n_clips``.
        title: Title of the figure.
    """
    ordered = per_class.sort_values("f1", ascending=False, kind="stable").tail(_MOST_CLASSES)
    if len(ordered) < len(per_class):
        title = f"{title}: the {len(ordered)} weakest of {len(per_class)} classes"
    y = np.arange(len(ordered))
    figure = Figure(figsize=(7, 0.32 * len(ordered) + 1.6), layout="constrained")
    axes = figure.subplots()
    axes.barh(y, ordered["f1"], color="#9ecae1", label="F1")
    axes.plot(
        ordered["precision"], y, "|", color="#08519c", markersize=12, mew=2, label="precision"
    )
    axes.plot(ordered["recall"], y, "o", color="#d94801", markersize=4.5, label="recall")
    names = [f"{for_plot(name)} ({count})" for name, count in ordered["n_clips"].items()]
    axes.set_yticks(y, names)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.7, len(ordered) - 0.3)
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.set_xlabel("score (number of test clips in brackets)")
    add_title(figure, title)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def plot_reliability(tables: Mapping[str, pd.DataFrame], *, title: str) -> Figure:
    """Draw a reliability diagram: accuracy over confidence, with the number of clips below.

    Each point has the 95 % interval of its accuracy, and each bar its number of clips.

    Args:
        tables: Name in the legend -> what
            :func:`instrument_net.evaluation.calibration.reliability` returns.
        title: Title of the figure.
    """
    figure = Figure(figsize=(5.6, 6.2), layout="constrained")
    axes, below = figure.subplots(2, sharex=True, height_ratios=[3, 1.2])
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", label="perfect calibration")
    for index, (name, table) in enumerate(tables.items()):
        filled = table[table["n_clips"] > 0]
        colour, marker = (("#d94801", "o"), ("#08519c", "s"))[index % 2]
        accuracy = filled["accuracy"]
        # Rounding may leave an end of the interval a hair inside the accuracy.
        errors = [(accuracy - filled["low"]).clip(0), (filled["high"] - accuracy).clip(0)]
        axes.errorbar(
            filled["confidence"], accuracy, yerr=errors, fmt=f"{marker}-", color=colour,
            markersize=5, elinewidth=1, capsize=2, label=for_plot(name),
        )  # fmt: skip
        width = 1 / len(table) / len(tables)
        at = filled.index + width * (index + 0.5)
        bars = below.bar(at, filled["n_clips"], 0.9 * width, color=colour)
        upright = {"rotation": 90} if len(tables) > 1 else {}
        below.bar_label(bars, fontsize="x-small", padding=2, **upright)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlim(0, 1)
    axes.set_ylabel("accuracy, with 95 % interval")
    add_title(figure, title)
    axes.legend(loc="upper left", frameon=False)
    below.margins(y=0.3)
    below.set_ylabel("clips")
    below.set_xlabel("confidence")
    for part in (axes, below):
        part.grid(color="0.9")
        part.set_axisbelow(True)
    return figure
