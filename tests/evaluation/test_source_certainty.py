from dataclasses import replace

import pytest
import torch
from pooled_sources import pooled_sources

from instrument_net.errors import InputError
from instrument_net.evaluation.calibration import expected_calibration_error
from instrument_net.evaluation.other_sources import each_source, sources_of
from instrument_net.evaluation.prediction_sets import holds_true
from instrument_net.evaluation.source_certainty import (
    describe_origin,
    fit_certainty,
    on_unseen_sources,
)


@pytest.fixture(scope="module")
def overconfident():
    return pooled_sources()


@pytest.fixture(scope="module")
def unseen(overconfident):
    return on_unseen_sources(overconfident)


def test_the_temperature_undoes_overconfidence(overconfident):
    assert fit_certainty(overconfident, "").temperature == pytest.approx(3.0, rel=0.2)


def test_one_clip_with_probability_zero_does_not_decide_the_temperature(overconfident):
    rounded = overconfident.probabilities.clone()
    true = int(overconfident.labels[0])
    rounded[0] = 0.0
    rounded[0, (true + 1) % 5] = 1.0
    temperature = fit_certainty(replace(overconfident, probabilities=rounded), "").temperature
    assert temperature == pytest.approx(3.0, rel=0.25)


def test_on_unseen_sources_the_error_falls_and_no_prediction_changes(overconfident, unseen):
    before = expected_calibration_error(overconfident)
    assert before > 0.1
    assert expected_calibration_error(unseen.scaled) < 0.4 * before
    assert torch.equal(unseen.scaled.correct, overconfident.correct)


def test_sets_hold_the_true_class_as_often_as_they_say(overconfident, unseen):
    for coverage, sets in unseen.sets.items():
        assert holds_true(overconfident, sets).double().mean() == pytest.approx(coverage, abs=0.03)
        assert sets.any(dim=1).all()


def test_of_known_classes_one_in_twenty_is_unsure(unseen):
    assert unseen.unsure.double().mean() == pytest.approx(0.05, abs=0.02)


def test_nothing_of_a_source_is_used_to_judge_it(overconfident, unseen):
    """Were its own labels used, other labels would change what is said about it."""
    own = torch.tensor((overconfident.clips["source"] == "source 03").to_numpy())
    names = overconfident.class_names
    other = {name: names[(k + 1) % len(names)] for k, name in enumerate(names)}
    label = overconfident.clips["label"]
    relabelled = label.where(~own.numpy(), label.map(other))
    again = on_unseen_sources(
        replace(overconfident, clips=overconfident.clips.assign(label=relabelled))
    )
    assert torch.equal(again.scaled.probabilities[own], unseen.scaled.probabilities[own])
    assert not torch.equal(again.scaled.probabilities[~own], unseen.scaled.probabilities[~own])
    assert all(torch.equal(again.sets[c][own], sets[own]) for c, sets in unseen.sets.items())


def test_what_is_kept_says_where_it_comes_from(overconfident):
    together = describe_origin(overconfident, "residual", 3)
    assert "by 3 networks together that were not trained on its source" in together
    origin = describe_origin(overconfident, "residual")
    assert origin.startswith("480 clips of 12 sources, each predicted by a network that was not")
    certainty = fit_certainty(overconfident, origin)
    assert certainty.origin == origin
    assert list(certainty.least_probability) == [0.8, 0.9, 0.95]
    least = list(certainty.least_probability.values())
    assert least == sorted(least, reverse=True)


def test_each_source_comes_once_with_the_clips_of_all_others(overconfident):
    seen = torch.zeros(len(overconfident.clips))
    for source, own, others in each_source(overconfident):
        seen += own
        assert source not in set(others.clips["source"])
        assert len(others.clips) == int((~own).sum())
    assert (seen == 1).all()


def test_a_clip_without_a_source_and_too_few_sources_are_refused(overconfident):
    with pytest.raises(InputError, match="no column source"):
        sources_of(replace(overconfident, clips=overconfident.clips.drop(columns="source")))
    blank = overconfident.clips.assign(source="")
    with pytest.raises(InputError, match="without a source"):
        sources_of(replace(overconfident, clips=blank))
    two = overconfident.of(torch.arange(480) % 12 < 2)
    with pytest.raises(InputError, match="of 2 sources, it takes 3"):
        on_unseen_sources(two)
