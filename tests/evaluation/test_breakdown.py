import numpy as np
import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions
from instrument_net.evaluation.breakdown import break_down, columns_to_compare

NAMES = ("flute", "harp", "oboe")


def test_a_breakdown_measures_the_clips_of_each_value_separately():
    rng = np.random.default_rng(0)
    n = 60
    clips = pd.DataFrame(
        {
            "path": [f"{k}.wav" for k in range(n)],
            "label": [NAMES[k % 3] for k in range(n)],
            "source": ["studio" if k < 40 else "attic" for k in range(n)],
            "room": [None if k < 10 else "hall" for k in range(n)],
            "pitch_midi": ["60" if k % 2 else "59" for k in range(n)],
            "dynamic": "",
        }
    )
    predictions = Predictions(clips, torch.from_numpy(rng.dirichlet(np.ones(3), n)).float(), NAMES)
    assert columns_to_compare(clips) == ["source", "room", "pitch_midi"]
    table = break_down(predictions, "source")
    assert table["n_clips"].to_dict() == {"attic": 20, "studio": 40}
    assert break_down(predictions, "room")["n_clips"].to_dict() == {"(blank)": 10, "hall": 50}
    correct = predictions.correct.numpy()
    assert table.loc["attic", "accuracy"] == pytest.approx(correct[40:].mean())
    assert list(break_down(predictions, "pitch_midi").index) == ["C3 to B3", "C4 to B4"]


def test_of_many_values_the_largest_stand_one_by_one_and_the_rest_together():
    sources = [f"s{k:02}" for k in range(38) for _ in range(2 + (k >= 14))]
    n = len(sources)
    clips = pd.DataFrame(
        {"path": [f"{k}.wav" for k in range(n)], "label": [NAMES[k % 3] for k in range(n)],
         "source": sources, "number": [str(k) for k in range(n)]}
    )  # fmt: skip
    probabilities = torch.from_numpy(np.random.default_rng(0).dirichlet(np.ones(3), n)).float()
    predictions = Predictions(clips, probabilities, NAMES)
    assert columns_to_compare(clips) == ["source"]
    table = break_down(predictions, "source")
    assert list(table.index) == [*(f"s{k}" for k in range(14, 38)), "14 others"]
    assert table.loc["14 others", "n_clips"] == 28
    assert table["n_clips"].sum() == n
    right = predictions.correct.numpy()[:28].mean()
    assert table.loc["14 others", "accuracy"] == pytest.approx(right)
