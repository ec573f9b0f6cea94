import numpy as np
import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, measure
from instrument_net.evaluation.breakdown import break_down, columns_to_compare
from instrument_net.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    with_temperature,
)

NAMES = ("flute", "harp", "oboe")


def drawn(logits, seed=0):
    """Predictions whose labels are drawn from softmax(logits): perfectly calibrated."""
    probabilities = torch.softmax(logits, dim=1)
    generator = torch.Generator().manual_seed(seed)
    labels = torch.multinomial(probabilities, 1, generator=generator)[:, 0]
    clips = pd.DataFrame(
        {"path": map(str, range(len(labels))), "label": [NAMES[k] for k in labels]}
    )
    return Predictions(clips, probabilities, NAMES)


@pytest.fixture
def calibrated():
    return drawn(2 * torch.randn(20_000, 3, generator=torch.Generator().manual_seed(1)))


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_what_was_done_to_the_logits(calibrated, temperature):
    spoilt = with_temperature(calibrated, 1 / temperature)
    assert fit_temperature(spoilt) == pytest.approx(temperature, rel=0.03)
    mended = with_temperature(spoilt, fit_temperature(spoilt))
    torch.testing.assert_close(mended.probabilities, calibrated.probabilities, atol=0.02, rtol=0)


def test_only_miscalibrated_predictions_have_an_error(calibrated):
    assert expected_calibration_error(calibrated) < 0.01
    sure = with_temperature(calibrated, 0.2)
    assert expected_calibration_error(sure) > 0.15
    assert measure(sure).overall["accuracy"] == measure(calibrated).overall["accuracy"]


def test_the_error_agrees_with_paper_and_pencil():
    # Confidence 0.9, right in one of two; confidence 0.6, right in both of two.
    p = torch.tensor([[0.9, 0.1, 0], [0.9, 0.1, 0], [0.6, 0.4, 0], [0.6, 0.4, 0]])
    clips = pd.DataFrame({"path": list("abcd"), "label": ["flute", "harp", "flute", "flute"]})
    predictions = Predictions(clips, p, NAMES)
    assert expected_calibration_error(predictions) == pytest.approx((0.4 + 0.4) / 2, abs=1e-6)
    table = reliability(predictions)
    assert table["n_clips"].tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 2, 0]
    assert table["accuracy"].iloc[[5, 8]].tolist() == [1.0, 0.5]
    assert table["confidence"].iloc[[5, 8]].tolist() == pytest.approx([0.6, 0.9])


def test_an_always_right_network_gets_a_finite_temperature():
    clips = pd.DataFrame({"path": list("ab"), "label": ["flute", "harp"]})
    predictions = Predictions(clips, torch.eye(3)[:2], NAMES)
    assert 0.05 <= fit_temperature(predictions) <= 20


def test_a_breakdown_measures_each_part_for_itself():
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
    right = predictions.correct.numpy()
    assert table.loc["attic", "accuracy"] == pytest.approx(right[40:].mean())
    assert list(break_down(predictions, "pitch_midi").index) == ["C3 to B3", "C4 to B4"]
