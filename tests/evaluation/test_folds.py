import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, fold_metrics, measure, pooled


def predictions(labels, class_names, probabilities, first=0):
    clips = pd.DataFrame(
        {"path": [f"{first + k}.wav" for k in range(len(labels))], "label": labels}
    )
    return Predictions(clips, torch.tensor(probabilities), class_names)


@pytest.fixture
def parts():
    """Two folds whose networks have different classes, in different orders."""
    return {
        "attic": predictions(
            ["harp", "flute"], ("flute", "harp"), [[0.25, 0.75], [0.5, 0.5]], first=0
        ),
        "barn": predictions(
            ["oboe", "harp", "oboe"], ("harp", "oboe", "tuba"),
            [[0.1, 0.7, 0.2], [0.2, 0.2, 0.6], [0.6, 0.3, 0.1]], first=2,
        ),
    }  # fmt: skip


def test_classes_are_matched_by_name_and_others_have_probability_zero(parts):
    whole = pooled(list(parts.values()))
    assert whole.class_names == ("flute", "harp", "oboe", "tuba")
    expected = [
        [0.25, 0.75, 0.0, 0.0],
        [0.5, 0.5, 0.0, 0.0],
        [0.0, 0.1, 0.7, 0.2],
        [0.0, 0.2, 0.2, 0.6],
        [0.0, 0.6, 0.3, 0.1],
    ]
    torch.testing.assert_close(whole.probabilities, torch.tensor(expected))
    assert list(whole.clips["path"]) == [f"{k}.wav" for k in range(5)]


def test_pooled_metrics_average_the_classes_of_all_folds(parts):
    whole = measure(pooled(list(parts.values())))
    # flute 1 of 1, harp 1 of 2, oboe 1 of 2; no clip is of a tuba.
    assert whole.overall["macro_recall"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert whole.confusion.loc["harp", "tuba"] == 1


def test_each_fold_has_its_own_metrics_and_interval(parts):
    metrics = fold_metrics(parts)
    assert metrics["accuracy"].to_dict() == pytest.approx({"attic": 1.0, "barn": 1 / 3})
    assert metrics["macro_recall"].to_dict() == {"attic": 1.0, "barn": 0.25}
    row = metrics.loc["barn"]
    assert row["macro_recall_low"] == 0
    assert 0.25 < row["macro_recall_high"] <= 1
    assert metrics.loc["attic", "macro_recall_low"] == 1
