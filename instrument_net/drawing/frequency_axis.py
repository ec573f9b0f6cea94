"""A vertical axis of spectrogram bins, labelled in kilohertz."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

_N_TICKS = 7
_LEAST_DISTANCE = 0.05  # of two ticks, as a share of the axis


def label_frequency_axis(axes: Axes, bin_hz: npt.NDArray[np.floating]) -> None:
    """Label an axis of bins with round frequencies.

    Args:
        axes: Its vertical axis has bin k at k.
        bin_hz: Centre frequency of each bin in hertz, ``(bins,)``, rising: evenly, or as a mel or
            logarithmic scale does.
    """
    bins = np.arange(len(bin_hz))
    low, high = float(bin_hz[0]), float(bin_hz[-1])
    steps = np.diff(bin_hz)
    if np.allclose(steps, steps[0], rtol=0.01):
        ticks_hz = np.asarray(MaxNLocator(_N_TICKS).tick_values(low, high))
    else:
        ticks_hz = np.outer(10.0 ** np.arange(6), [1, 2, 5]).ravel()
        # A mel scale has little room for so many below 1 kHz.
        rows = np.interp(ticks_hz, bin_hz, bins)
        ticks_hz = ticks_hz[np.diff(rows, append=np.inf) >= _LEAST_DISTANCE * len(bins)]
    ticks_hz = ticks_hz[(low <= ticks_hz) & (ticks_hz <= high)]
    labels = [f"{hertz / 1000:g}" for hertz in ticks_hz]
    axes.set_yticks(list(np.interp(ticks_hz, bin_hz, bins)), labels)
    axes.set_ylabel("frequency (kHz)")
