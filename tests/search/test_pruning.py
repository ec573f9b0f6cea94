import pytest

from instrument_net.search.pruning import is_given_up

FINISHED = [{1: 0.9, 2: 0.6}, {1: 0.7, 2: 0.5}, {1: 0.5, 2: 0.4}]


@pytest.mark.parametrize(
    ("value", "n_folds", "given_up"),
    [(0.69, 1, True), (0.7, 1, False), (0.51, 2, False), (0.49, 2, True)],
)
def test_below_the_median_after_as_many_folds(value, n_folds, given_up):
    rule = {"startup_trials": 3, "warm_up_folds": 1}
    assert is_given_up(value, n_folds, FINISHED, **rule) == given_up


def test_nobody_is_given_up_before_enough_trials_or_folds():
    assert not is_given_up(0.0, 2, FINISHED, startup_trials=4, warm_up_folds=1)
    assert not is_given_up(0.0, 1, FINISHED, startup_trials=3, warm_up_folds=2)
    assert is_given_up(0.0, 2, FINISHED, startup_trials=3, warm_up_folds=2)
