import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from instrument_net.baselines import BASELINES, BaselineError, build_baseline
from instrument_net.baselines.baseline import SplitData

OPTIONS = {
    "SvmMfcc": {"n_mfcc": 20, "c": [10], "gamma": [300, 0.01]},
    "ForestFeatures": {"n_trees": 20, "seed": 0},
}


def split_data(n_classes=3, per_class=12, seed=0):
    """Classes whose two descriptors lie around different places, on very different scales."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_classes), per_class)
    places = np.stack([np.cos(labels * 2.1), 1000 * np.sin(labels * 2.1)], axis=1)
    return SplitData(places + rng.normal(0, [0.2, 200], (len(labels), 2)), labels)


def macro_f1(validation):
    """Return the score of the classes that occur among validation clips."""

    def score(probabilities):
        return f1_score(
            validation.labels, probabilities.argmax(axis=1), labels=np.unique(validation.labels),
            average="macro", zero_division=0,
        )  # fmt: skip

    return score


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_baseline_learns_and_gives_probabilities(name, n_classes):
    baseline = build_baseline(name, **OPTIONS[name])
    validation = split_data(n_classes, seed=1)
    baseline.fit(split_data(n_classes), validation, macro_f1(validation))
    test = split_data(n_classes, seed=2)
    probabilities = baseline.probabilities(test.descriptors)
    assert probabilities.shape == (len(test.labels), n_classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities.argmax(axis=1) == test.labels).mean() > 0.9


def test_the_machine_is_chosen_on_validation_and_fitted_on_training_alone():
    train, validation = split_data(), split_data(seed=1)
    baseline = build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
    baseline.fit(train, validation, macro_f1(validation))
    assert "C = 10, gamma = 0.01" in baseline.describe()
    expected = make_pipeline(
        StandardScaler(), SVC(C=10, gamma=0.01, class_weight="balanced", break_ties=True)
    ).fit(train.descriptors, train.labels)
    test = split_data(seed=2)
    np.testing.assert_array_equal(
        baseline.probabilities(test.descriptors).argmax(axis=1), expected.predict(test.descriptors)
    )


def test_the_score_that_is_passed_decides():
    validation = split_data(seed=1)
    unlike_macro_f1 = macro_f1(validation)
    baseline = build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
    baseline.fit(split_data(), validation, lambda p: -unlike_macro_f1(p))
    assert "C = 10, gamma = 300" in baseline.describe()
    # Of a loss, all scores are below 0.
    baseline.fit(split_data(), validation, lambda p: -log_loss(validation.labels, p))
    assert "C = 10, gamma = 0.01" in baseline.describe()


def test_the_first_of_equal_settings_is_kept():
    baseline = build_baseline("SvmMfcc", n_mfcc=20, c=[1, 10], gamma=[0.01, 0.02])
    scored = []
    baseline.fit(split_data(), split_data(seed=1), lambda p: scored.append(p) or 0.5)
    assert len(scored) == 4
    assert "C = 1, gamma = 0.01, chosen on validation from 4 settings" in baseline.describe()


def test_a_validation_split_may_have_no_clip_of_some_class():
    validation = split_data(seed=1)
    present = validation.labels > 0
    validation = SplitData(validation.descriptors[present], validation.labels[present])
    baseline = build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
    baseline.fit(split_data(), validation, macro_f1(validation))
    assert "C = 10, gamma = 0.01" in baseline.describe()
    assert baseline.probabilities(split_data().descriptors).shape == (36, 3)


def test_the_forest_is_fixed_by_its_seed():
    def grown(seed):
        baseline = build_baseline("ForestFeatures", n_trees=5, seed=seed)
        baseline.fit(split_data(), split_data(seed=1), lambda _: 0.0)
        return baseline.probabilities(split_data(seed=2).descriptors)

    np.testing.assert_array_equal(grown(0), grown(0))
    assert not np.array_equal(grown(0), grown(1))


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("instrument_net.baselines.find_spec", lambda _: None)
    with pytest.raises(BaselineError, match=r"pip install .*\[baselines\]"):
        build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
