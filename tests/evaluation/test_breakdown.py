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
