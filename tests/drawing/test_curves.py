"""Learning curves."""

import numpy as np
import pandas as pd

from instrument_net.drawing.curves import plot_curves


def test_each_metric_has_its_panel_with_what_was_logged_of_it():
    curves = pd.DataFrame(
        {
            "train/loss": [2.0, 1.0, 0.5],
            "validation/loss": [2.1, np.nan, 1.2],  # validated every other epoch
            "validation/macro_recall": [0.2, np.nan, 0.6],
        }
    )
    figure = plot_curves(curves, ["loss", "macro_recall"], best_epoch=2, title="Learning curves")
    loss, recall = figure.axes
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "macro recall"]
    train, validation, best = loss.lines
    assert train.get_xydata().tolist() == [[0, 2.0], [1, 1.0], [2, 0.5]]
    assert validation.get_xydata().tolist() == [[0, 2.1], [2, 1.2]]
    assert list(best.get_xdata()) == [2, 2]
    assert [len(line.get_xdata()) for line in recall.lines] == [0, 2, 2]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["train", "validation"]


def test_a_run_of_one_epoch_is_a_point():
    curves = pd.DataFrame({"train/loss": [2.0], "validation/loss": [2.1]})
    (axes,) = plot_curves(curves, ["loss"], best_epoch=0, title="x").axes
    assert [line.get_marker() for line in axes.lines[:2]] == ["o", "o"]
