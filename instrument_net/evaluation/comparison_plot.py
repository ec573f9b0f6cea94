"""Runs side by side, as a plot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot
from instrument_net.evaluation.run_comparison import Run

_METRICS = ("accuracy", "macro_recall", "macro_f1")


def plot_comparison(runs: Sequence[Run], *, title: str) -> Figure:
    """Draw accuracy, macro recall and macro F1 of each run with 95 % intervals.

    Intervals of two runs that overlap do not say that the runs are equal: on the same clips, the
    differences have narrower intervals, which :func:`compare_runs` states.

    Args:
        runs: The first on top.
        title: Title of the figure.
    """
    figure = Figure(figsize=(9, 0.4 * len(runs) + 1.4), layout="constrained")
    panels = figure.subplots(1, len(_METRICS), sharey=True)
    rows = np.arange(len(runs))
    for axes, metric in zip(panels, _METRICS, strict=True):
        for row, run in zip(rows, runs, strict=True):
            if metric not in run.measured.index:  # one class has no F1
                continue
            value, low, high = run.measured.loc[metric, ["value", "low", "high"]]
            axes.plot([low, high], [row, row], color="#9ecae1", linewidth=4)
            axes.plot(value, row, "o", color="#08519c", markersize=5)
        axes.set_xlabel(metric.replace("_", " "))
        axes.grid(axis="x", color="0.9")
        axes.set_axisbelow(True)
    panels[0].set_yticks(rows, [for_plot(run.name) for run in runs])
    panels[0].set_ylim(len(runs) - 0.5, -0.5)
    add_title(figure, title)
    return figure
