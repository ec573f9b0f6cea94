import json

import pytest
import torch

from instrument_net.errors import InputError
from instrument_net.recognition.certainty import Certainty

CERTAINTY = Certainty(2.0, {0.8: 0.3, 0.9: 0.1}, 0.25, "90 clips of 9 sources")


def test_a_temperature_keeps_the_order_of_classes_and_rows_that_sum_to_one():
    logits = torch.randn(50, 7, generator=torch.Generator().manual_seed(0)) * 5
    scaled = CERTAINTY.scaled(logits)
    torch.testing.assert_close(scaled.sum(dim=1), torch.ones(50))
    assert torch.equal(scaled.argsort(dim=1), logits.argsort(dim=1))
    assert (scaled.amax(dim=1) < logits.softmax(dim=1).amax(dim=1)).all()


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_gives_no_probabilities_is_refused(wrong):
    with pytest.raises(InputError, match="temperature must be above 0"):
        Certainty(wrong, {}, 0.0, "")


def test_a_set_holds_what_is_probable_enough_and_never_nothing():
    probabilities = torch.tensor([[0.6, 0.3, 0.1], [0.5, 0.45, 0.05]])
    assert CERTAINTY.sets(probabilities, 0.8).tolist() == [[True, True, False]] * 2
    assert CERTAINTY.sets(probabilities, 0.9)[0].all()
    low = torch.tensor([[0.2] * 4 + [0.21 - 0.01]])
    assert Certainty(1.0, {0.8: 0.9}, 0.2, "").sets(low, 0.8).any(dim=1).all()


def test_a_coverage_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(InputError, match=r"coverage 0\.5: this checkpoint has 0\.8, 0\.9"):
        CERTAINTY.sets(torch.ones(1, 2) / 2, 0.5)


def test_a_clip_is_unsure_where_no_class_is_probable_enough():
    assert CERTAINTY.is_unsure(torch.tensor([[0.2] * 5, [0.26, 0.74, 0, 0, 0]])).tolist() == [
        True, False,
    ]  # fmt: skip


def test_plain_values_bring_it_back_also_by_way_of_json():
    assert Certainty.from_plain(json.loads(json.dumps(CERTAINTY.plain()))) == CERTAINTY


@pytest.mark.parametrize(
    "change",
    [{"temperature": "warm"}, {"temperature": -1}, {"least_probability": 3},
     {"least_probability": {"0.9": 7}}, {"unsure_below": None}],
)  # fmt: skip
def test_plain_values_of_another_kind_are_refused(change):
    with pytest.raises(InputError):
        Certainty.from_plain({**CERTAINTY.plain(), **change})
    missing = CERTAINTY.plain()
    del missing[next(iter(change))]
    with pytest.raises(InputError, match="cannot be read"):
        Certainty.from_plain(missing)


def test_sets_are_named_from_the_most_probable_class_on():
    probabilities = torch.tensor([[0.3, 0.6, 0.1], [0.05, 0.05, 0.9]])
    assert CERTAINTY.named_sets(probabilities, 0.8, ("flute", "harp", "oboe")) == [
        ("harp", "flute"), ("oboe",),
    ]  # fmt: skip
