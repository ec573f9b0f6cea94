import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions
from instrument_net.evaluation.prediction_sets import coverage_by_source, least_probability

NAMES = ("flute", "harp", "oboe")


def of_true(true):
    """Predictions of flutes whose class has these probabilities."""
    p = torch.tensor(true)[:, None]
    rest = (1 - p) / 2
    clips = pd.DataFrame({"path": map(str, range(len(true))), "label": "flute"})
    return Predictions(clips, torch.cat([p, rest, rest], dim=1), NAMES)


def test_the_least_probability_is_the_rank_that_split_conformal_prediction_asks_for():
    nineteen = of_true([k / 20 for k in range(1, 20)])
    assert least_probability(nineteen, 0.95) == pytest.approx(1 / 20)
    assert least_probability(nineteen, 0.9) == pytest.approx(2 / 20)
    assert least_probability(nineteen, 0.8) == pytest.approx(4 / 20)


def test_too_few_clips_give_no_set():
    assert least_probability(of_true([0.5] * 8), 0.9) is None
    assert least_probability(of_true([0.5] * 9), 0.9) == 0.5


def test_a_further_clip_is_held_as_often_as_stated():
    draws = torch.rand(1500, 20, generator=torch.Generator().manual_seed(0))
    held = [row[19] >= least_probability(of_true(row[:19].tolist()), 0.9) for row in draws]
    assert torch.stack(held).double().mean() == pytest.approx(0.9, abs=0.02)


def test_coverage_and_size_of_each_source_agree_with_paper_and_pencil():
    clips = pd.DataFrame(
        {"path": list("abc"), "label": ["flute", "harp", "oboe"], "source": ["x", "x", "y"]}
    )
    predictions = Predictions(clips, torch.eye(3), NAMES)
    sets = torch.tensor([[True, True, False], [True, False, False], [False, False, True]])
    table = coverage_by_source(predictions, sets)
    assert table.loc["x"].tolist() == [2, 0.5, 1.5, 0.5]
    assert table.loc["y"].tolist() == [1, 1, 1, 1]
