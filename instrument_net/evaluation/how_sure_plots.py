"""Plots of certainty on unseen sources: mistakes among the surest clips, and sets by source."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot

_LEAST_CLIPS = 10  # the risk of fewer is chance


def plot_risk_coverage(curve: pd.DataFrame, *, n_clips: int, title: str) -> Figure:
    """Draw the share of mistakes among the surest clips.

    Args:
        curve: Of :func:`instrument_net.evaluation.risk_coverage.risk_coverage`.
        n_clips: Of how many clips.
        title: Title of the figure.
    """
    figure = Figure(figsize=(5.6, 3.8), layout="constrained")
    axes = figure.subplots()
    shown = curve[curve["coverage"] * n_clips >= _LEAST_CLIPS]
    every = float(curve["risk"].iloc[-1])
    axes.axhline(every, color="0.6", linewidth=1, linestyle="--", label="of all clips")
    axes.plot(shown["coverage"], shown["risk"], color="#08519c", label="of the surest clips")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(1.15 * float(shown["risk"].max()), 0.05))
    axes.set_xlabel("share of the clips that are taken, the surest first")
    axes.set_ylabel("share of mistakes among them")
    axes.grid(color="0.9")
    axes.set_axisbelow(True)
    axes.legend(loc="best", frameon=False)
    add_title(figure, title)
    return figure


def plot_sets(by_source: pd.DataFrame, *, stated: float, title: str) -> Figure:
    """Draw how often the sets hold the true class, and how large they are, source by source.

    Args:
        by_source: Of :func:`instrument_net.evaluation.prediction_sets.coverage_by_source`.
        stated: The coverage that is stated, in (0, 1).
        title: Title of the figure.
    """
    ordered = by_source.sort_values("coverage", ascending=False, kind="stable")
    y = np.arange(len(ordered))
    figure = Figure(figsize=(7.2, 0.28 * len(ordered) + 1.6), layout="constrained")
    axes, beside = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
    axes.axvline(
        stated, color="0.6", linewidth=1, linestyle="--", label=f"stated share: {stated:g}"
    )
    axes.plot(ordered["coverage"], y, "o", color="#08519c", label="of this source")
    names = [f"{for_plot(name)} ({n})" for name, n in ordered["n_clips"].items()]
    axes.set_yticks(y, names)
    axes.set_ylim(-0.7, len(ordered) - 0.3)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xlabel("sets with the true class")
    beside.barh(y, ordered["mean_size"], color="#9ecae1")
    beside.set_xlabel("mean size of a set")
    for part in (axes, beside):
        part.grid(axis="x", color="0.9")
        part.set_axisbelow(True)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    add_title(figure, title)
    return figure
