"""Which class is probable when, in a sound of several windows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from instrument_net.drawing.paper import blues, shade
from instrument_net.drawing.spectrogram import draw_spectrogram
from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.stretches import Stretch, edges_s, stretches

Array = npt.NDArray[np.floating]

_USUAL_CLASSES = 6
_WIDTH_IN, _ROW_IN = 11.0, 0.28
_OUTLINE_COLOUR = "#d1495b"


def plot_timeline(result: FilePrediction, *, width_in: float = _WIDTH_IN) -> Figure:
    """Draw the probability of the most probable classes over time, one row a class.

    Args:
        result: A file of several windows, at least one of which sounds.
        width_in: Width of the figure in inches.

    Returns:
        A low figure, see :func:`draw_timeline`.
    """
    shown = shown_classes(result)
    figure = Figure(figsize=(width_in, 0.8 + _ROW_IN * len(shown)), layout="constrained")
    axes = figure.subplots()
    mesh = draw_timeline(axes, result, shown)
    figure.colorbar(mesh, ax=axes, label="probability", ticks=[0, 0.5, 1], pad=0.01)
    return figure


def plot_recording(
    result: FilePrediction, spectrogram: Array, *, bin_hz: Array, hop_s: float
) -> Figure:
    """Draw the spectrogram of a file, and below it which class is probable when.

    Args:
        result: A file of several windows, at least one of which sounds.
        spectrogram: Level ``(bins, frames)`` in [0, 1], of the whole file.
        bin_hz: Centre frequency of every bin in hertz, ``(bins,)``, rising.
        hop_s: Time between frames in seconds.
    """
    shown = shown_classes(result)
    rows_in = 0.5 + _ROW_IN * len(shown)
    figure = Figure(figsize=(_WIDTH_IN, 3.2 + rows_in), layout="constrained")
    above, below = figure.subplots(2, sharex=True, height_ratios=[2.6, rows_in])
    draw_spectrogram(above, spectrogram, bin_hz=bin_hz, hop_s=hop_s, cmap="magma")
    above.set_xlabel("")
    above.tick_params(axis="x", labelbottom=False)
    mesh = draw_timeline(below, result, shown)
    below.set_xlim(0, edges_s(result)[-1])
    figure.colorbar(mesh, ax=below, label="probability", ticks=[0, 0.5, 1], pad=0.01)
    add_title(figure, result.path.name)
    return figure


def shown_classes(result: FilePrediction) -> list[str]:
    """Return the classes that have a row: the most probable ones, and all that name a stretch.

    The most probable is first, by the weighted mean over all windows.
    """
    named = {part.label for part in stretches(result)}
    return [
        name
        for rank, (name, _) in enumerate(result.ranking())
        if rank < _USUAL_CLASSES or name in named
    ]


def draw_timeline(axes: Axes, result: FilePrediction, shown: list[str]) -> QuadMesh:
    """Draw a row a class; its shade is the probability, and an outline is around what is named.

    Each moment shows the window whose middle is nearest. Where nothing sounds it is grey.

    Args:
        axes: Where to draw.
        result: A file of several windows, at least one of which sounds.
        shown: The classes, the first on top.
    """
    columns = [result.class_names.index(name) for name in shown]
    starts = sorted([*result.start_s, *result.silent_s])
    values = np.full((len(shown), len(starts)), np.nan)
    for start, window in zip(result.start_s, result.windows, strict=True):
        values[:, starts.index(start)] = window[columns]
    axes.set_facecolor(shade(0.12))
    mesh = axes.pcolormesh(
        edges_s(result), np.arange(len(shown) + 1), np.ma.masked_invalid(values),
        cmap=blues(), vmin=0, vmax=1,
    )  # fmt: skip
    for part in stretches(result):
        if part.probability is not None:
            axes.add_patch(_outline(part, shown.index(part.label)))
    axes.set_yticks(np.arange(len(shown)) + 0.5, list(map(for_plot, shown)))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown), 0)
    axes.set_xlabel("time (s)" + ("; grey: nothing sounds" if result.silent_s else ""))
    return mesh


def _outline(part: Stretch, row: int) -> Rectangle:
    width = part.end_s - part.start_s
    return Rectangle(
        (part.start_s, row), width, 1, fill=False, edgecolor=_OUTLINE_COLOUR, linewidth=1.4
    )
