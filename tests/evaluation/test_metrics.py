import math

import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, measure

NAMES = ("flute", "harp", "oboe", "tuba")


@pytest.fixture
def predictions():
    """Six clips by hand; no clip is of a tuba, and one oboe is taken for one."""
    labels = ["flute", "flute", "flute", "harp", "harp", "oboe"]
    probabilities = torch.tensor(
        [
            [0.7, 0.1, 0.1, 0.1],
            [0.4, 0.3, 0.2, 0.1],
            [0.1, 0.8, 0.06, 0.04],
            [0.2, 0.5, 0.2, 0.1],
            [0.1, 0.6, 0.2, 0.1],
            [0.1, 0.2, 0.3, 0.4],
        ]
    )
    clips = pd.DataFrame({"path": [f"x/{i}.wav" for i in range(6)], "label": labels})
    return Predictions(clips=clips, probabilities=probabilities, class_names=NAMES)


def test_metrics_agree_with_paper_and_pencil(predictions):
    metrics = measure(predictions).overall
    assert metrics["accuracy"] == pytest.approx(4 / 6)
    # recalls 2/3, 1, 0 of the classes that occur
    assert metrics["macro_recall"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    # flute: precision 1, recall 2/3; harp: precision 2/3, recall 1; oboe: 0
    assert metrics["macro_f1"] == pytest.approx((0.8 + 0.8 + 0) / 3)
    assert metrics["top_3_accuracy"] == pytest.approx(5 / 6 + 1 / 6)
    expected = -sum(map(math.log, (0.7, 0.4, 0.1, 0.5, 0.6, 0.3))) / 6
    assert metrics["log_loss"] == pytest.approx(expected, rel=1e-6)
    assert metrics["n_clips"] == 6


def test_a_class_that_no_clip_tests_has_no_metrics_rather_than_zeros(predictions):
    per_class = measure(predictions).per_class
    assert per_class.loc["tuba", ["precision", "recall", "f1"]].isna().all()
    assert per_class.loc["oboe"].tolist() == [0, 0, 0, 1]


def test_confusions_have_the_true_class_by_row(predictions):
    confusion = measure(predictions).confusion
    assert confusion.loc["flute", "harp"] == 1
    assert confusion.loc["oboe", "tuba"] == 1
    assert confusion.to_numpy().sum() == 6
    assert confusion.loc["flute"].tolist() == [2, 1, 0, 0]
