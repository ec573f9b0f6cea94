"""The classes of a long sound over time."""

from pathlib import Path

import numpy as np
import torch

from instrument_net.demo.timeline import plot_timeline
from instrument_net.recognition.file_prediction import FilePrediction


def test_the_timeline_shows_each_moment_by_its_nearest_window():
    windows = torch.tensor([[0.7, 0.1, 0.2], [0.6, 0.1, 0.3], [0.0, 0.1, 0.9]])
    result = FilePrediction(Path("a.wav"), ("a", "b", "c"), [0.0, 1.0, 2.0], list(windows))
    axes = plot_timeline(result, window_s=2.0, duration_s=3.8).axes[0]
    # Means 0.43, 0.1, 0.47: c, a, b. Middles of the windows at 1, 2, 3 s.
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "a", "b"]
    (mesh,) = axes.collections
    np.testing.assert_allclose(mesh.get_array(), windows[:, [2, 0, 1]].T)
    np.testing.assert_allclose(mesh.get_coordinates()[0, :, 0], [0, 1.5, 2.5, 3.8])
    assert axes.yaxis_inverted()
