"""What fills a clip up to the network's length is not shown as evidence."""

import numpy as np
import pytest
import torch
from small_networks import noise, small_recogniser

from instrument_net.explanation import explain, plot_explanation
from instrument_net.explanation.padding import frames_with_sound


def test_frames_that_begin_before_the_last_sample_of_sound_are_shown():
    recogniser = small_recogniser()
    waveform = torch.zeros(recogniser.front_end.num_samples)
    waveform[256 * 10 - 1] = 0.5  # with a hop of 256, the last sample before frame 10
    shown = frames_with_sound(waveform, recogniser.front_end)
    assert shown.shape == (112,)
    assert shown.nonzero()[:, 0].tolist() == list(range(10))
    assert not frames_with_sound(torch.zeros(28_928), recogniser.front_end).any()


def test_saliency_ends_with_the_sound_and_is_1_somewhere_in_it():
    recogniser = small_recogniser()
    waveform = noise(recogniser)
    waveform[256 * 40 :] = 0
    explanations = [explain(recogniser, waveform, target=name) for name in recogniser.class_names]
    salient = [e for e in explanations if e.saliency.any()]
    assert salient
    for explanation in salient:
        assert explanation.saliency[:, :40].max() == 1
        assert not explanation.saliency[:, 40:].any()
        assert explanation.sound_s == pytest.approx(256 * 40 / 44_100)


def test_the_figure_marks_the_padding_where_there_is_any():
    recogniser = small_recogniser()
    whole, cut = noise(recogniser), noise(recogniser)
    cut[256 * 40 :] = 0
    marked = []
    for waveform in (whole, cut):
        figure = plot_explanation(explain(recogniser, waveform), front_end=recogniser.front_end)
        axes = figure.axes[0]
        marked.append(
            [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
        )
        assert [text.get_text() for text in axes.texts] == ["padding"] * len(marked[-1])
    assert marked[0] == []
    (box,) = marked[1]
    assert (box.x0, box.x1) == pytest.approx((256 * 40 / 44_100, 112 * 256 / 44_100))
    assert np.isfinite(box.y0)
