"""A spectrogram is drawn with its frequencies where they are."""

import numpy as np
import pytest

from instrument_net.drawing.spectrogram import plot_spectrogram

AXES = {
    "linear": np.arange(560) * 44_100 / 4096,
    "mel": 700 * (np.linspace(1.1, 23.8, 96) ** 1.01 / 10 - 0.1) + 30,
    "logarithmic": 55 * 2 ** (np.arange(192) / 24),
}


@pytest.mark.parametrize("axis", AXES)
def test_every_tick_stands_on_the_row_of_its_frequency_and_none_crowds_another(axis):
    bin_hz = AXES[axis]
    figure = plot_spectrogram(np.zeros((len(bin_hz), 9)), title="x", bin_hz=bin_hz, hop_s=0.1)
    axes = figure.axes[0]
    rows = axes.get_yticks()
    shown_khz = [float(label.get_text()) for label in axes.get_yticklabels()]
    assert len(rows) >= 4
    for row, khz in zip(rows, shown_khz, strict=True):
        assert np.interp(row, np.arange(len(bin_hz)), bin_hz) == pytest.approx(1000 * khz, abs=1e-6)
    assert np.diff(rows).min() >= len(bin_hz) / 20
    assert axes.get_xlim() == (0, pytest.approx(0.9))


def test_the_linear_axis_counts_in_kilohertz():
    figure = plot_spectrogram(np.zeros((560, 9)), title="x", bin_hz=AXES["linear"], hop_s=0.1)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["0", "1", "2", "3", "4", "5", "6"]
