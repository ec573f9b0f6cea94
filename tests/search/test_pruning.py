import pytest

from instrument_net.search.pruning import is_pruned

FINISHED = [{1: 0.9, 2: 0.6}, {1: 0.7, 2: 0.5}, {1: 0.5, 2: 0.4}]


@pytest.mark.parametrize(
    ("value", "n_folds", "pruned"),
    [(0.69, 1, True), (0.7, 1, False), (0.51, 2, False), (0.49, 2, True)],
)
def test_a_trial_below_the_median_at_the_same_fold_is_pruned(value, n_folds, pruned):
    rule = {"startup_trials": 3, "warm_up_folds": 1}
    assert is_pruned(value, n_folds, FINISHED, **rule) == pruned


def test_no_trial_is_pruned_before_enough_trials_or_folds():
    assert not is_pruned(0.0, 2, FINISHED, startup_trials=4, warm_up_folds=1)
    assert not is_pruned(0.0, 1, FINISHED, startup_trials=3, warm_up_folds=2)
    assert is_pruned(0.0, 2, FINISHED, startup_trials=3, warm_up_folds=2)
