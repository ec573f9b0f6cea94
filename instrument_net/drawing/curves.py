"""Learning curves: what training and validation reach after each epoch."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from instrument_net.drawing.titles import add_title

_LINES = {"train": ("#d94801", "--"), "validation": ("#08519c", "-")}


def plot_curves(
    curves: pd.DataFrame, metrics: Sequence[str], *, best_epoch: int, title: str
) -> Figure:
    """Draw metrics against the epoch, one panel a metric, training and validation in each.

    Args:
        curves: What :func:`instrument_net.run_folder.read_curves` returns.
        metrics: For example ``loss``: drawn from the columns ``train/loss`` and
            ``validation/loss``, as far as there are both.
        best_epoch: Marked.
        title: Title of the figure.
    """
    figure = Figure(figsize=(3.6 * len(metrics) + 0.4, 3.2), layout="constrained")
    panels = figure.subplots(1, len(metrics), squeeze=False)[0]
    for axes, metric in zip(panels, metrics, strict=True):
        _draw(axes, curves, metric)
        axes.axvline(best_epoch, color="0.5", linewidth=1, linestyle=":")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(_LINES), frameon=False)
    add_title(figure, title)
    return figure


def _draw(axes: Axes, curves: pd.DataFrame, metric: str) -> None:
    for split, (colour, line) in _LINES.items():
        values = curves.get(f"{split}/{metric}", pd.Series(dtype=float)).dropna()
        marker = "o" if len(values) < 2 else ""  # a line needs two points
        axes.plot(values.index, values, line, color=colour, marker=marker, label=split)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("epoch")
    axes.set_ylabel(metric.replace("_", " "))
    axes.grid(color="0.9")
    axes.set_axisbelow(True)
