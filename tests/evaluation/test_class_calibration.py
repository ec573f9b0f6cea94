import pandas as pd
import pytest
import torch
from pooled_sources import pooled_sources

from instrument_net.evaluation import Predictions
from instrument_net.evaluation.calibration import with_temperature
from instrument_net.evaluation.class_calibration import (
    by_predicted_class,
    class_averaged_calibration_error,
)

NAMES = ("flute", "harp", "oboe")


@pytest.fixture
def by_hand():
    p = torch.tensor([[0.85, 0.15, 0.0], [0.85, 0.15, 0.0], [0.35, 0.65, 0.0], [0.35, 0.65, 0.0]])
    clips = pd.DataFrame({"path": list("abcd"), "label": ["flute", "harp", "harp", "harp"]})
    return Predictions(clips, p, NAMES)


def test_the_error_of_the_classes_agrees_with_paper_and_pencil(by_hand):
    # Flute: 0.85 against 1/2 in two clips, 0.35 against 0 in two. Harp: 0.15 against 1/2, 0.65
    # against 1. No clip is of an oboe.
    assert class_averaged_calibration_error(by_hand) == pytest.approx(0.35, abs=1e-6)


def test_only_miscalibrated_predictions_have_an_error_class_by_class():
    right = pooled_sources(n_clips=2000, sharpness=1.0)
    assert class_averaged_calibration_error(right) < 0.01
    assert class_averaged_calibration_error(with_temperature(right, 0.2)) > 0.08


def test_a_class_is_as_sure_as_it_says_and_right_as_often_as_its_precision(by_hand):
    table = by_predicted_class(by_hand)
    assert table.index.tolist() == ["flute", "harp"]
    assert table["n_clips"].tolist() == [2, 2]
    assert table["confidence"].tolist() == pytest.approx([0.85, 0.65])
    assert table["accuracy"].tolist() == [0.5, 1.0]
    assert ((table["low"] < table["accuracy"]) & (table["accuracy"] <= table["high"])).all()
