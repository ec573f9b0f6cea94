import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from instrument_net.baselines import BASELINES, BaselineError, build_baseline
from instrument_net.baselines.baseline import Side

OPTIONS = {
    "SvmMfcc": {"n_mfcc": 20, "c": [10], "gamma": [300, 0.01]},
    "ForestFeatures": {"n_trees": 20, "seed": 0},
}


def side(n_classes=3, per_class=12, seed=0):
    """Classes whose two descriptors lie around different places, on very different scales."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_classes), per_class)
    places = np.stack([np.cos(labels * 2.1), 1000 * np.sin(labels * 2.1)], axis=1)
    return Side(places + rng.normal(0, [0.2, 200], (len(labels), 2)), labels)


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_baseline_learns_and_gives_probabilities(name, n_classes):
    baseline = build_baseline(name, **OPTIONS[name])
    baseline.fit(side(n_classes), side(n_classes, seed=1))
    test = side(n_classes, seed=2)
    probabilities = baseline.probabilities(test.descriptors)
    assert probabilities.shape == (len(test.labels), n_classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities.argmax(axis=1) == test.labels).mean() > 0.9


def test_the_machine_is_chosen_on_validation_and_fitted_on_training_alone():
    train, validation = side(), side(seed=1)
    baseline = build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
    baseline.fit(train, validation)
    assert "C = 10, gamma = 0.01" in baseline.describe()
    expected = make_pipeline(
        StandardScaler(), SVC(C=10, gamma=0.01, class_weight="balanced", break_ties=True)
    ).fit(train.descriptors, train.labels)
    test = side(seed=2)
    np.testing.assert_array_equal(
        baseline.probabilities(test.descriptors).argmax(axis=1), expected.predict(test.descriptors)
    )


def test_a_validation_side_may_lack_classes():
    validation = side(seed=1)
    heard = validation.labels > 0
    baseline = build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
    baseline.fit(side(), Side(validation.descriptors[heard], validation.labels[heard]))
    assert "C = 10, gamma = 0.01" in baseline.describe()
    assert baseline.probabilities(side().descriptors).shape == (36, 3)


def test_the_forest_is_fixed_by_its_seed():
    def grown(seed):
        baseline = build_baseline("ForestFeatures", n_trees=5, seed=seed)
        baseline.fit(side(), side(seed=1))
        return baseline.probabilities(side(seed=2).descriptors)

    np.testing.assert_array_equal(grown(0), grown(0))
    assert not np.array_equal(grown(0), grown(1))


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("instrument_net.baselines.find_spec", lambda _: None)
    with pytest.raises(BaselineError, match=r"pip install -e \"\.\[baselines\]\""):
        build_baseline("SvmMfcc", **OPTIONS["SvmMfcc"])
