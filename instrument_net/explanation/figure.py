"""The explanation of one clip as a figure."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from instrument_net.drawing.paper import shade, shades
from instrument_net.drawing.spectrogram import draw_spectrogram
from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot
from instrument_net.explanation.explanation import Explanation
from instrument_net.frontend import FrontEnd

_PANEL_IN = 4.6
_FOR, _AGAINST = "#d94801", "#2171b5"
# Opaque orange where saliency is 1, nothing where it is 0: the spectrogram shows through.
_OVERLAY = LinearSegmentedColormap.from_list(
    "saliency", [(0.99, 0.55, 0.1, 0), (0.9, 0.2, 0, 0.75)]
)


def plot_explanation(
    explanation: Explanation, *, front_end: FrontEnd, title: str | None = None
) -> Figure:
    """Plot the spectrogram with its saliency, and the contributions of features and branches.

    Args:
        explanation: Of one clip.
        front_end: Of the recogniser that was explained, for the axes in kilohertz and seconds.
        title: Title of the figure; default: the class and its probability.

    Returns:
        A figure that leaves out what the network has no branch for.
    """
    contributions = explanation.feature_contributions
    figure = Figure(figsize=(6.4 if contributions is None else 11, 5.8), layout="constrained")
    add_title(figure, title or f"{explanation.class_name} ({explanation.probability:.0%})")
    grid = figure.add_gridspec(
        nrows=2,
        ncols=1 if contributions is None else 2,
        height_ratios=[4, 0.3 + 0.25 * len(explanation.branch_probabilities)],
        width_ratios=None if contributions is None else [6, 4],
    )
    _draw_spectrogram(figure, figure.add_subplot(grid[0, 0]), explanation, front_end)
    _draw_branches(figure.add_subplot(grid[1, 0]), explanation)
    if contributions is not None:
        _draw_contributions(figure.add_subplot(grid[:, 1]), contributions)
    return figure


def plot_explanation_panels(explanation: Explanation, *, front_end: FrontEnd) -> list[Figure]:
    """Plot the same, in panels as narrow as a telephone: below or beside one another.

    Args:
        explanation: Of one clip.
        front_end: As in :func:`plot_explanation`.

    Returns:
        Spectrogram and, where there are several, branches; and, of a network that reads them, the
        features. Without a title.
    """
    n_branches = len(explanation.branch_probabilities)
    height_in = 0.9 + 0.25 * n_branches if n_branches > 1 else 0.0
    panel = Figure(figsize=(_PANEL_IN, 4 + height_in), layout="constrained")
    if n_branches > 1:
        above, below = panel.subplots(2, height_ratios=[4, height_in - 0.6])
        _draw_branches(below, explanation)
    else:  # its probability is that of the class
        above = panel.subplots()
    _draw_spectrogram(panel, above, explanation, front_end)
    contributions = explanation.feature_contributions
    if contributions is None:
        return [panel]
    features = Figure(figsize=(_PANEL_IN, 4 + height_in), layout="constrained")
    _draw_contributions(features.subplots(), contributions)
    return [panel, features]


def _draw_spectrogram(
    figure: Figure, axes: Axes, explanation: Explanation, front_end: FrontEnd
) -> None:
    draw = partial(
        draw_spectrogram, axes, bin_hz=front_end.bin_hz.cpu().numpy(), hop_s=front_end.hop_s
    )
    draw(explanation.spectrogram.numpy(), cmap=shades())
    if explanation.saliency is None:
        axes.set_title("This network does not read the spectrogram", fontsize="medium")
    else:
        overlay = draw(explanation.saliency.numpy(), cmap=_OVERLAY)
        figure.colorbar(overlay, ax=axes, label="saliency")
        axes.set_title(for_plot(f"Evidence for {explanation.class_name}"), fontsize="medium")
    end_s = axes.get_xlim()[1]
    if explanation.sound_s < end_s:
        axes.axvspan(
            explanation.sound_s,
            end_s,
            facecolor=shade(0.05),
            edgecolor=shade(0.2),
            hatch="//",
            linewidth=0,
        )
        room_s = end_s - explanation.sound_s
        if room_s > 0.2 * end_s:
            axes.text(
                explanation.sound_s + room_s / 2, 0.5, "padding", ha="center", va="center",
                transform=axes.get_xaxis_transform(), backgroundcolor=shade(0.05),
            )  # fmt: skip


def _draw_branches(axes: Axes, explanation: Explanation) -> None:
    shares = explanation.branch_probabilities
    names = list(shares)[::-1]
    axes.barh(names, [1.0] * len(names), color=shade(0.07))
    axes.barh(names, [shares[name] for name in names], color=shade(0.7))
    for row, name in enumerate(names):
        inside = shares[name] > 0.15  # where the bar has room for its own number
        axes.annotate(
            f"{shares[name]:.0%}", (shares[name], row), (-4 if inside else 4, 0),
            textcoords="offset points", ha="right" if inside else "left", va="center",
            fontsize="small", color=shade(0 if inside else 1),
        )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_xlabel(for_plot(f"probability of {explanation.class_name}"))
    axes.spines[["top", "right"]].set_visible(False)


def _draw_contributions(axes: Axes, contributions: pd.Series) -> None:
    ordered = contributions.iloc[np.argsort(contributions.abs(), kind="stable")]
    colours = [_FOR if value > 0 else _AGAINST for value in ordered]
    axes.barh(list(ordered.index), ordered, color=colours)
    axes.axvline(0, color=shade(1), linewidth=0.8)
    axes.grid(axis="x", color=shade(0.1))
    axes.set_axisbelow(True)
    axes.margins(y=0.01)
    axes.locator_params(axis="x", nbins=4)  # "-0.025" is wide
    axes.set_xlabel("contribution to the logit")
    axes.set_title("Contribution of each feature", fontsize="medium")
    axes.spines[["top", "right"]].set_visible(False)
