import pandas as pd
import pytest
import torch
from pooled_sources import pooled_sources

from instrument_net.evaluation import Predictions
from instrument_net.evaluation.risk_coverage import area_under_risk_coverage, risk_coverage

NAMES = ("flute", "harp")


def of(confidences, correct):
    p = torch.tensor(confidences)
    labels = ["flute" if right else "harp" for right in correct]
    clips = pd.DataFrame({"path": map(str, range(len(labels))), "label": labels})
    return Predictions(clips, torch.stack([p, 1 - p], dim=1), NAMES)


def test_the_curve_agrees_with_paper_and_pencil():
    curve = risk_coverage(of([0.6, 0.9, 0.8, 0.7], [False, True, True, False]))
    assert curve["coverage"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve["risk"].tolist() == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert area_under_risk_coverage(curve) == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_clips_of_one_confidence_are_taken_together():
    for correct in ([True, False], [False, True]):
        curve = risk_coverage(of([0.75, 0.75], correct))
        assert curve["coverage"].tolist() == [1.0]
        assert area_under_risk_coverage(curve) == 0.5


def test_a_confidence_that_says_nothing_has_the_error_rate_as_its_area():
    predictions = pooled_sources()
    errors = 1 - predictions.correct.double().mean().item()
    sure = area_under_risk_coverage(risk_coverage(predictions))
    order = torch.randperm(len(predictions.clips), generator=torch.Generator().manual_seed(0))
    blind = Predictions(
        predictions.clips.iloc[order.numpy()].reset_index(drop=True),
        predictions.probabilities, predictions.class_names,
    )  # fmt: skip
    assert sure < 0.7 * errors
    wrong = 1 - blind.correct.double().mean().item()
    assert area_under_risk_coverage(risk_coverage(blind)) == pytest.approx(wrong, abs=0.05)
