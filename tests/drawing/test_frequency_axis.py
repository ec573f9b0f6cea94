"""Round frequencies at an axis of bins."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from instrument_net.drawing.frequency_axis import label_frequency_axis


def ticks(bin_hz):
    axes = Figure().subplots()
    label_frequency_axis(axes, bin_hz)
    return {text.get_text(): position for text, position in
            zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)}  # fmt: skip


def test_even_bins_have_a_tick_at_every_kilohertz():
    found = ticks(np.arange(560) * 44_100 / 4096)
    assert list(found) == ["0", "1", "2", "3", "4", "5", "6"]
    assert found["3"] == pytest.approx(3000 * 4096 / 44_100)


def test_octaves_have_ticks_at_1_2_and_5():
    found = ticks(55 * 2 ** (np.arange(84) / 12))  # seven octaves from A1 on
    assert list(found) == ["0.1", "0.2", "0.5", "1", "2", "5"]
    assert found["2"] - found["1"] == pytest.approx(12, abs=0.1)


def test_ticks_that_a_mel_scale_crowds_are_left_out():
    mel = np.linspace(0, 2595 * np.log10(1 + 6000 / 700), 128)
    found = ticks(700 * (10 ** (mel / 2595) - 1))
    assert list(found)[-3:] == ["1", "2", "5"]
    assert np.diff(list(found.values())).min() >= 0.05 * 128
