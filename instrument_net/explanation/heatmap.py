"""The contribution of each feature to each class, as a heat map."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

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
    figure = Figure(figsize=(0.36 * n_features + 3, 0.3 * n_classes + 2.4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(contributions.to_numpy(), cmap="Oranges", vmin=0, aspect="auto")
    axes.set_xticks(range(n_features), list(map(for_plot, contributions.columns)), rotation=90)
    axes.set_yticks(range(n_classes), list(map(for_plot, contributions.index)))
    axes.tick_params(length=0)
    axes.set_title(for_plot(title), fontsize=10)
    figure.colorbar(image, ax=axes, label="mean absolute contribution to the logit")
    return figure
