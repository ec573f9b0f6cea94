"""Score over length, noise, codec, band, room and level, a panel each."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from instrument_net.drawing.titles import add_title
from instrument_net.stress.conditions import KINDS
from instrument_net.stress.scores import AS_THEY_ARE

_PER_ROW = 3
_CHANGED, _UNCHANGED = "#d94801", "#08519c"


def plot_stress(scores: pd.DataFrame, *, title: str) -> Figure:
    """Draw the macro recall under each condition, and without any as a line in every panel.

    Args:
        scores: What :func:`instrument_net.stress.scores.score_under` returns, with at least one
            condition.
        title: Title of the figure.
    """
    kinds = [kind for kind in KINDS if kind in set(scores["kind"])]
    n_rows = -(-len(kinds) // _PER_ROW)
    figure = Figure(figsize=(9, 2.6 * n_rows + 1.2), layout="constrained")
    panels = figure.subplots(n_rows, _PER_ROW, sharey=True, squeeze=False).ravel()
    for axes in panels[len(kinds) :]:
        axes.set_axis_off()
    for axes, kind in zip(panels, kinds, strict=False):
        _draw_unchanged(axes, scores.loc[[AS_THEY_ARE]])
        _draw_kind(axes, scores[scores["kind"] == kind].sort_values("value"))
        axes.set_title(kind, fontsize="medium")
        axes.set_xlabel(KINDS[kind])
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
    )
    figure.supylabel("macro recall, with 95 % interval", fontsize="medium")
    add_title(figure, title)
    return figure


def _draw_unchanged(axes: Axes, scores: pd.DataFrame) -> None:
    recall, low, high = (scores[column].item() for column in ("macro_recall", "low", "high"))
    axes.axhspan(low, high, color=_UNCHANGED, alpha=0.12, linewidth=0)
    axes.axhline(recall, color=_UNCHANGED, linewidth=1.5, label=AS_THEY_ARE)
    axes.set_ylim(0, 1.02)
    axes.grid(axis="y", color="0.9")
    axes.set_axisbelow(True)


def _draw_kind(axes: Axes, scores: pd.DataFrame) -> None:
    recall = scores["macro_recall"]
    # Rounding may leave an end of the interval a hair inside the score.
    errors = [(recall - scores["low"]).clip(0), (scores["high"] - recall).clip(0)]
    positions = range(len(scores))
    axes.errorbar(
        positions, recall, yerr=errors, fmt="o-", color=_CHANGED, markersize=5, elinewidth=1,
        capsize=2, label="changed",
    )  # fmt: skip
    axes.set_xticks(positions, [f"{value:g}" for value in scores["value"]])
    axes.set_xlim(-0.5, len(scores) - 0.5)
