import numpy as np
import pandas as pd
import pytest
import torch

from instrument_net.evaluation import Predictions, bootstrap_intervals, compare_pair, measure
from instrument_net.evaluation.resampling import METRICS, _GroupSums

NAMES = ("flute", "harp", "oboe")


def random_predictions(n=120, n_groups=30, seed=0, skill=1.5, group=True):
    rng = np.random.default_rng(seed)
    labels = rng.integers(len(NAMES), size=n)
    logits = rng.standard_normal((n, len(NAMES)))
    logits[np.arange(n), labels] += skill
    clips = pd.DataFrame(
        {"path": [f"{k}.wav" for k in range(n)], "label": [NAMES[k] for k in labels]}
    )
    if group:
        clips["group"] = [f"r{k % n_groups}" for k in range(n)]
    probabilities = torch.from_numpy(logits).softmax(1).float()
    return Predictions(clips, probabilities, NAMES)


def test_the_whole_sample_has_the_metrics_of_the_report():
    predictions = random_predictions()
    sums = _GroupSums(predictions)
    metrics = dict(zip(METRICS, sums.metrics(np.ones((1, sums.n_groups)))[0], strict=True))
    assert metrics == pytest.approx({k: measure(predictions).overall[k] for k in METRICS}, abs=1e-6)


def test_a_resample_has_the_metrics_of_its_clips():
    predictions = random_predictions(n=40, n_groups=5)
    sums = _GroupSums(predictions)
    weights = np.array([[2.0, 0, 1, 0, 2]])
    chosen = [
        k
        for k, group in enumerate(predictions.groups)
        for _ in range(int(weights[0, int(group[1:])]))
    ]
    resample = Predictions(predictions.clips.iloc[chosen], predictions.probabilities[chosen], NAMES)
    metrics = dict(zip(METRICS, sums.metrics(weights)[0], strict=True))
    assert metrics == pytest.approx({k: measure(resample).overall[k] for k in METRICS}, abs=1e-6)


def test_intervals_of_single_clips_are_those_of_the_binomial():
    predictions = random_predictions(n=400, group=False)
    row = bootstrap_intervals(predictions).loc["accuracy"]
    p = measure(predictions).overall["accuracy"]
    half = 1.96 * (p * (1 - p) / 400) ** 0.5
    assert row["low"] == pytest.approx(p - half, abs=0.012)
    assert row["high"] == pytest.approx(p + half, abs=0.012)


def test_clips_that_agree_with_their_recording_widen_the_interval():
    single = random_predictions(n=60, group=False)
    repeated = Predictions(
        pd.concat([single.clips] * 5).assign(group=list(single.clips["path"]) * 5),
        single.probabilities.repeat(5, 1),
        NAMES,
    )
    as_if_alone = Predictions(
        repeated.clips.assign(group=[str(k) for k in range(300)]), repeated.probabilities, NAMES
    )

    def width(predictions):
        row = bootstrap_intervals(predictions).loc["accuracy"]
        return row["high"] - row["low"]

    assert width(repeated) == pytest.approx(width(single), rel=0.1)
    assert width(as_if_alone) < 0.6 * width(repeated)


def test_the_seed_fixes_the_interval():
    predictions = random_predictions()
    a, b = (bootstrap_intervals(predictions, n_resamples=50, seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(a, b)
    assert not a.equals(bootstrap_intervals(predictions, n_resamples=50, seed=2))


def test_a_model_does_not_differ_from_itself():
    predictions = random_predictions()
    pair = compare_pair(predictions, predictions)
    assert (pair.differences[["difference", "low", "high"]] == 0).all(axis=None)
    assert (pair.differences["p"] == 1).all()
    assert (pair.only_a_correct, pair.only_b_correct, pair.mcnemar_p) == (0, 0, 1.0)


def test_a_better_model_is_distinguished_from_a_worse_one():
    worse = random_predictions(skill=0.5)
    labels = torch.nn.functional.one_hot(worse.labels, 3)
    better = Predictions(worse.clips, (worse.probabilities + 2 * labels) / 3, NAMES)
    pair = compare_pair(worse, better)
    row = pair.differences.loc["accuracy"]
    expected = float(better.correct.float().mean() - worse.correct.float().mean())
    assert row["difference"] == pytest.approx(expected)
    assert 0 < row["low"] < expected < row["high"]
    assert row["p"] < 0.01
    assert pair.only_a_correct == 0
    # Exact two-sided binomial: all of n uneven clips go one way.
    assert pair.mcnemar_p == pytest.approx(2 * 0.5**pair.only_b_correct)


def test_other_clips_are_refused():
    a = random_predictions()
    b = Predictions(a.clips.iloc[::-1], a.probabilities, NAMES)
    with pytest.raises(ValueError, match="the same clips and classes"):
        compare_pair(a, b)
