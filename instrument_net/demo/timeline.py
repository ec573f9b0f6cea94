"""Which class is probable when, in a sound of several windows."""

from __future__ import annotations

import numpy as np
import torch
from matplotlib.figure import Figure

from instrument_net.escaping import for_plot
from instrument_net.recognition.file_prediction import FilePrediction

_MOST_CLASSES = 6


def plot_timeline(result: FilePrediction, *, window_s: float, duration_s: float) -> Figure:
    """Draw the probability of the most probable classes over time, one row a class.

    Args:
        result: A file's windows, two or more.
        window_s: Length of a window in seconds.
        duration_s: Length of the sound in seconds. Each moment of it shows the window whose middle
            is nearest.

    Returns:
        A wide, low figure; rows are ordered by the mean over all windows, the highest on top.
    """
    shown = [name for name, _ in result.ranking(_MOST_CLASSES)]
    rows = torch.stack(result.windows)[:, [result.class_names.index(name) for name in shown]].T
    middles = np.array(result.start_s) + window_s / 2
    edges = [0.0, *(middles[:-1] + middles[1:]) / 2, duration_s]
    figure = Figure(figsize=(11, 0.8 + 0.28 * len(shown)), layout="constrained")
    axes = figure.subplots()
    mesh = axes.pcolormesh(edges, np.arange(len(shown) + 1), rows, cmap="Blues", vmin=0, vmax=1)
    axes.set_yticks(np.arange(len(shown)) + 0.5, list(map(for_plot, shown)))
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlabel("time (s)")
    figure.colorbar(mesh, ax=axes, label="probability", ticks=[0, 0.5, 1], pad=0.01)
    return figure
