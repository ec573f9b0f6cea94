import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, measure
from instrument_net.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    why_no_temperature,
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
def test_the_temperature_undoes_a_scaling_of_the_logits(calibrated, temperature):
    miscalibrated = with_temperature(calibrated, 1 / temperature)
    assert fit_temperature(miscalibrated) == pytest.approx(temperature, rel=0.03)
    calibrated_again = with_temperature(miscalibrated, fit_temperature(miscalibrated))
    torch.testing.assert_close(
        calibrated_again.probabilities, calibrated.probabilities, atol=0.02, rtol=0
    )


def test_only_miscalibrated_predictions_have_an_error(calibrated):
    assert expected_calibration_error(calibrated) < 0.01
    overconfident = with_temperature(calibrated, 0.2)
    assert expected_calibration_error(overconfident) > 0.15
    assert measure(overconfident).overall["accuracy"] == measure(calibrated).overall["accuracy"]


def test_the_error_agrees_with_paper_and_pencil():
    # Confidence 0.9, one of two correct; confidence 0.6, two of two correct.
    p = torch.tensor([[0.9, 0.1, 0], [0.9, 0.1, 0], [0.6, 0.4, 0], [0.6, 0.4, 0]])
    clips = pd.DataFrame({"path": list("abcd"), "label": ["flute", "harp", "flute", "flute"]})
    predictions = Predictions(clips, p, NAMES)
    assert expected_calibration_error(predictions) == pytest.approx((0.4 + 0.4) / 2, abs=1e-6)
    table = reliability(predictions)
    assert table["n_clips"].tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 2, 0]
    assert table["accuracy"].iloc[[5, 8]].tolist() == [1.0, 0.5]
    assert table["confidence"].iloc[[5, 8]].tolist() == pytest.approx([0.6, 0.9])


def test_a_network_that_is_always_correct_gets_a_finite_temperature():
    clips = pd.DataFrame({"path": list("ab"), "label": ["flute", "harp"]})
    predictions = Predictions(clips, torch.eye(3)[:2], NAMES)
    assert 0.05 <= fit_temperature(predictions) <= 20


def test_a_temperature_is_refused_where_it_means_nothing(calibrated):
    assert why_no_temperature(calibrated, fit_temperature(calibrated)) is None
    right = Predictions(
        pd.DataFrame({"path": map(str, range(60)), "label": ["flute", "harp"] * 30}),
        torch.tensor([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0]]).repeat(30, 1),
        NAMES,
    )
    assert "no validation clip is misclassified" in why_no_temperature(right, 0.3)
    wrong = Predictions(right.clips, right.probabilities.roll(1, 1), NAMES)
    assert "falls all the way up to 20" in why_no_temperature(wrong, fit_temperature(wrong))
    few = Predictions(right.clips[:49], right.probabilities[:49], NAMES)
    assert "49 validation clips are too few" in why_no_temperature(few, 1.0)
    one = Predictions(right.clips.assign(label="harp"), right.probabilities, NAMES)
    assert "of one class" in why_no_temperature(one, 1.0)


def test_the_interval_of_a_bin_narrows_with_its_clips_and_an_empty_bin_has_none(calibrated):
    few = Predictions(calibrated.clips[:100], calibrated.probabilities[:100], NAMES)
    many, some = reliability(calibrated).iloc[9], reliability(few).iloc[9]
    assert 0 < many["high"] - many["low"] < 0.2 * (some["high"] - some["low"])
    assert some["low"] < some["accuracy"] <= some["high"]
    assert reliability(few).loc[0.0, ["low", "high"]].isna().all()


def test_the_interval_agrees_with_wilsons_formula():
    p = torch.tensor([[0.95, 0.05, 0.0]]).repeat(10, 1)
    clips = pd.DataFrame({"path": map(str, range(10)), "label": ["flute"] * 8 + ["harp"] * 2})
    row = reliability(Predictions(clips, p, NAMES)).iloc[9]
    # (share + z^2/2n -+ z sqrt(share (1 - share) / n + z^2/4n^2)) / (1 + z^2/n) of 8 in 10
    assert (row["low"], row["high"]) == pytest.approx((0.49016, 0.94333), abs=1e-4)
