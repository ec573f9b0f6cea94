"""The classes of a long sound over time, and its spectrogram above them."""

from pathlib import Path

import numpy as np
import soundfile
import torch
from small_recogniser import small_recogniser

from instrument_net.drawing.timeline import plot_recording, plot_timeline, shown_classes
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.file_spectrogram import file_spectrogram

WINDOWS = torch.tensor([[0.7, 0.1, 0.2], [0.6, 0.1, 0.3], [0.0, 0.1, 0.9]])


def long_file(names=("a", "b", "c"), **facts):
    return FilePrediction(
        Path("$a$.wav"), names, [0.0, 1.0, 2.0], list(WINDOWS),
        duration_s=3.8, window_s=2.0, **facts,
    )  # fmt: skip


def test_the_timeline_shows_each_moment_by_its_nearest_window():
    axes = plot_timeline(long_file()).axes[0]
    # Means weighted by certainty: c, a, b. Middles of the windows at 1, 2, 3 s.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "a", "b"]
    (mesh,) = axes.collections
    np.testing.assert_allclose(mesh.get_array(), WINDOWS[:, [2, 0, 1]].T)
    np.testing.assert_allclose(mesh.get_coordinates()[0, :, 0], [0, 1.5, 2.5, 3.8])
    assert axes.yaxis_inverted()


def test_what_is_named_is_outlined_and_silence_is_grey():
    axes = plot_timeline(long_file(silent_s=[3.0])).axes[0]
    first, second = axes.patches
    assert (first.get_x(), first.get_x() + first.get_width(), first.get_y()) == (0, 2.5, 1)
    assert (second.get_x(), second.get_x() + second.get_width(), second.get_y()) == (2.5, 3.5, 0)
    (mesh,) = axes.collections
    assert mesh.get_array().mask[:, 3].all()
    assert not mesh.get_array().mask[:, :3].any()
    assert axes.get_xlabel() == "time (s); grey: nothing sounds"


def test_every_class_that_names_a_stretch_has_a_row():
    windows = torch.full((20, 10), 0.02)
    windows[:, 0] = 0.82
    windows[5] = torch.eye(10)[9]
    windows[5, 8] = 1e-3
    names = tuple("abcdefghij")
    starts = [float(k) for k in range(20)]
    result = FilePrediction(
        Path("x.wav"), names, starts, list(windows), duration_s=21.0, window_s=2.0
    )
    assert len(shown_classes(result)) == 6
    result.windows[:9] = [torch.eye(10)[k] for k in range(1, 10)]
    assert set(shown_classes(result)) == set(names)


def test_the_picture_of_a_recording_has_its_spectrogram_above_the_same_times(tmp_path):
    front_end = small_recogniser().front_end
    rate_hz, n = front_end.sample_rate_hz, round(3.8 * front_end.sample_rate_hz)
    sound = 0.5 * np.sin(2 * np.pi * 3000 * np.arange(n) / rate_hz)
    sound[: n // 2] *= 1e-2  # 40 dB down
    soundfile.write(tmp_path / "a.wav", sound, rate_hz, subtype="FLOAT")
    levels, hop_s = file_spectrogram(front_end, tmp_path / "a.wav", duration_s=3.8, most_frames=100)
    assert levels.shape[0] == front_end.spectrogram_shape[1]
    assert levels.shape[1] <= 100
    assert levels.shape[1] * hop_s >= 3.8
    row = int((front_end.bin_hz - 3000).abs().argmin())
    soft, loud = levels[row, 10:40], levels[row, 60:90]
    assert loud.min() > 0.99
    assert (soft - 0.5).abs().max() < 0.02  # half of 80 dB, and no seam between clips
    figure = plot_recording(
        long_file(), levels.numpy(), bin_hz=front_end.bin_hz.numpy(), hop_s=hop_s
    )
    above, below, _ = figure.axes
    assert above.get_xlim() == below.get_xlim() == (0, 3.8)
    assert figure.get_suptitle() == r"\$a\$.wav"
