"""A spectrogram with its axes in kilohertz and seconds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from instrument_net.drawing.frequency_axis import label_frequency_axis
from instrument_net.drawing.titles import add_title

Array = npt.NDArray[np.floating]


def plot_spectrogram(spectrogram: Array, *, title: str, bin_hz: Array, hop_s: float) -> Figure:
    """Plot the spectrogram of a network's input.

    Args:
        spectrogram: ``(bins, frames)`` in [0, 1].
        title: Title of the figure.
        bin_hz: Centre frequency of every bin in hertz, ``(bins,)``, rising.
        hop_s: Time between frames in seconds.
    """
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    image = draw_spectrogram(axes, spectrogram, bin_hz=bin_hz, hop_s=hop_s, cmap="magma")
    add_title(figure, title)
    figure.colorbar(image, ax=axes, label="network input")
    return figure


def draw_spectrogram(
    axes: Axes, spectrogram: Array, *, bin_hz: Array, hop_s: float, cmap: str | Colormap
) -> AxesImage:
    """Draw a spectrogram, or anything of its shape, with its axes in kilohertz and seconds.

    Bins are drawn equally high: the frequency axis is that of the network.

    Args:
        axes: Where to draw.
        spectrogram: ``(bins, frames)``, not negative; its maximum gets the last colour, silence
            the first.
        bin_hz: Centre frequency of every bin in hertz, ``(bins,)``, rising.
        hop_s: Time between frames in seconds.
        cmap: Colours.
    """
    bins, frames = spectrogram.shape
    image = axes.imshow(
        spectrogram, origin="lower", aspect="auto", cmap=cmap, vmin=0,
        vmax=float(spectrogram.max()) or 1.0, extent=(0.0, frames * hop_s, -0.5, bins - 0.5),
    )  # fmt: skip
    label_frequency_axis(axes, bin_hz)
    axes.set_xlabel("time (s)")
    return image
