"""The front end's features and a random forest: what do they achieve without a network?"""

from __future__ import annotations

from sklearn.ensemble import RandomForestClassifier

from instrument_net.baselines.baseline import Array, Score, SplitData
from instrument_net.baselines.front_end_features import FrontEndFeatures
from instrument_net.frontend import FrontEnd


class ForestFeatures:
    """The features of the perceptron branch and a random forest, fitted to the training split.

    All classes have the same weight, however many clips they have, as in macro-averaged metrics.
    There is nothing to choose, so the validation split is not used.

    Args:
        n_trees: Trees in the forest.
        seed: Of the random choice of clips and features.

    References:
        Breiman, "Random forests", Machine Learning 45, 2001.
    """

    def __init__(self, *, n_trees: int, seed: int) -> None:
        self._forest = RandomForestClassifier(n_trees, class_weight="balanced", random_state=seed)

    def descriptor(self, front_end: FrontEnd) -> FrontEndFeatures:
        """Return the features of this front end."""
        return FrontEndFeatures(front_end)

    def fit(self, train: SplitData, validation: SplitData, score: Score) -> None:
        """Grow the forest on the training split."""
        self._forest.fit(train.descriptors, train.labels)

    def probabilities(self, descriptors: Array) -> Array:
        """Return the mean over the trees of a leaf's shares; 0 where no tree predicts a class."""
        shares: Array = self._forest.predict_proba(descriptors)
        return shares

    def describe(self) -> str:
        """Return what was fitted."""
        return (
            f"{self._forest.n_features_in_} features of the front end; random forest of "
            f"{self._forest.n_estimators} trees, nothing chosen on validation"
        )
