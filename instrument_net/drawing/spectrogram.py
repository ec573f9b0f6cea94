"""A spectrogram with its axes in kilohertz and seconds."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from instrument_net.drawing.frequency_axis import label_frequency_axis


def plot_spectrogram(
    spectrogram: np.ndarray, *, title: str, bin_hz: np.ndarray, hop_s: float
) -> Figure:
    """Draw one network input with its axes in kilohertz and seconds.

    Args:
        spectrogram: ``(bins, frames)`` in [0, 1].
        title: Above the figure.
        bin_hz: Centre frequency of every bin in hertz, ``(bins,)``, rising. Bins are drawn equally
            high, so that the axis is that of the network.
        hop_s: Time between frames in seconds.
    """
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    bins, frames = spectrogram.shape
    image = axes.imshow(
        spectrogram, origin="lower", aspect="auto", cmap="magma", vmin=0,
        vmax=float(spectrogram.max()) or 1.0, extent=(0.0, frames * hop_s, -0.5, bins - 0.5),
    )  # fmt: skip
    label_frequency_axis(axes, bin_hz)
    axes.set_xlabel("time (s)")
    axes.set_title(title, fontsize=10)
    figure.colorbar(image, ax=axes, label="network input")
    return figure
