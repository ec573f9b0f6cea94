"""The contribution of each feature to each class, as a heat map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot


def plot_contributions(contributions: pd.DataFrame, *, title: str) -> Figure:
    """Plot how much each feature moves the logit of each class.

    Args:
        contributions: Mean absolute contribution in units of the logit, class by row, feature by
            column.
        title: Title of the figure.

    Returns:
        A figure whose size grows with both.
    """
    n_classes, n_features = contributions.shape
    figure = Figure(figsize=(0.36 * n_features + 3, 0.3 * n_classes + 3), layout="constrained")
    axes = figure.subplots()
    edges = [np.arange(n + 1) - 0.5 for n in (n_features, n_classes)]
    cells = axes.pcolormesh(
        *edges, contributions.to_numpy(), cmap="Oranges", vmin=0, edgecolors="0.9", linewidth=0.5
    )
    axes.invert_yaxis()
    axes.set_xticks(range(n_features), list(map(for_plot, contributions.columns)), rotation=90)
    axes.set_yticks(range(n_classes), list(map(for_plot, contributions.index)))
    axes.tick_params(length=0)
    add_title(figure, title)
    # Along the features, of which there are many: of two classes, the height cuts its label.
    figure.colorbar(
        cells, ax=axes, location="top", shrink=0.5, aspect=40,
        label="mean absolute contribution to the logit",
    )  # fmt: skip
    return figure
