import numpy as np
import pandas as pd
import pytest

from instrument_net.drawing.png import png
from instrument_net.evaluation.plots import plot_confusion, plot_per_class, plot_reliability


def confusion(n):
    names = [f"class {k}" for k in range(n)]
    return pd.DataFrame(np.random.default_rng(0).poisson(2, (n, n)), names, names)


@pytest.mark.parametrize("n", [61, 300])
def test_a_matrix_of_many_classes_is_small_and_without_numbers(n):
    figure = plot_confusion(confusion(n), normalise=True, title="Test")
    content = png(figure)
    width, height = figure.get_size_inches() * 110
    assert width * height * 4 < 8e6  # bytes
    assert len(content) < 2e6
    axes = figure.axes[0]
    assert not axes.texts
    assert axes.collections[0].get_rasterized()  # cells as vectors would take half a minute
    assert len(axes.get_yticklabels()) <= 40
    assert axes.get_yticklabels()[0].get_text() == "class 0"


def test_a_class_without_clips_is_named_so():
    table = pd.DataFrame([[3, 1], [0, 0]], ["flute", "oboe"], ["flute", "oboe"])
    axes = plot_confusion(table, normalise=True, title="Test").axes[0]
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert shown == ["flute", "oboe (no clips)"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["flute", "oboe"]


def test_numbers_are_left_out_where_there_are_too_many_to_draw():
    assert len(plot_confusion(confusion(30), normalise=True, title="x").axes[0].texts) > 700
    assert not plot_confusion(confusion(50), normalise=True, title="x").axes[0].texts


def test_of_many_classes_the_weakest_are_drawn():
    f1 = np.linspace(0, 1, 300)
    names = [f"class {k}" for k in range(300)]
    per_class = pd.DataFrame({"precision": f1, "recall": f1, "f1": f1, "n_clips": 3}, names)
    figure = plot_per_class(per_class, title="Test")
    (axes,) = figure.axes
    assert figure.get_suptitle() == "Test: the 60 weakest of 300 classes"
    assert axes.get_yticklabels()[-1].get_text() == "class 0 (3)"


def test_dollars_and_brackets_in_names_are_drawn_as_they_are():
    names = ["A$AP", "x_$1$ [b]"]
    table = pd.DataFrame([[3, 1], [0, 2]], names, names)
    figure = plot_confusion(table, normalise=True, title="A$AP_$1")
    assert png(figure)
    axes = figure.axes[0]
    shown = [figure._suptitle, *axes.get_xticklabels()]
    texts = [text._preprocess_math(text.get_text()) for text in shown]
    assert texts == [("A$AP_$1 (% of each true class)", False), *((name, False) for name in names)]


def test_a_reliability_plot_says_how_many_clips_each_bin_holds():
    table = pd.DataFrame(
        {"n_clips": [0, 12], "confidence": [float("nan"), 0.8], "accuracy": [float("nan"), 1.0],
         "low": [float("nan"), 0.75], "high": [float("nan"), 1.0]},
        index=[0.0, 0.5],
    )  # fmt: skip
    axes, below = plot_reliability({"uncalibrated": table}, title="Test").axes
    assert [text.get_text() for text in below.texts] == ["12"]
    (interval,) = axes.containers[0].lines[2][0].get_segments()
    assert interval[:, 1].tolist() == [0.75, 1.0]
