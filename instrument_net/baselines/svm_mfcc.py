"""Statistics of cepstral coefficients and support vectors: the textbook's recipe for timbre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import softmax
from sklearn.metrics import f1_score
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from instrument_net.baselines.baseline import Array, Side
from instrument_net.baselines.mfcc_statistics import MfccStatistics
from instrument_net.frontend import FrontEnd


class SvmMfcc:
    """Standardised MFCC statistics and a support vector machine with a Gaussian kernel.

    Every class weighs the same, however many clips it has, as in the figures that average classes.
    Scaling and machine are fitted on the training side; C and gamma are those with the best
    macro-F1 on the validation side, the first of equals, as a network's checkpoint is chosen.

    Args:
        n_mfcc: Coefficients whose mean and deviation describe a clip.
        c: Weights of a training error to choose from.
        gamma: Of the kernel ``exp(-gamma |x - y|^2)``, to choose from.

    References:
        Cortes & Vapnik, Machine Learning 20, 1995; one machine for each pair of classes.
    """

    def __init__(self, *, n_mfcc: int, c: Sequence[float], gamma: Sequence[float]) -> None:
        self._n_mfcc = n_mfcc
        self._grid = ParameterGrid({"C": list(c), "gamma": list(gamma)})

    def descriptor(self, front_end: FrontEnd) -> MfccStatistics:
        """Return the statistics at the front end's sample rate."""
        return MfccStatistics(sample_rate_hz=front_end.sample_rate_hz, n_mfcc=self._n_mfcc)

    def fit(self, train: Side, validation: Side) -> None:
        """Fit a machine for every C and gamma; keep the one that validation prefers."""
        best = -1.0
        for options in self._grid:
            machine = make_pipeline(
                StandardScaler(), SVC(kernel="rbf", class_weight="balanced", **options)
            )
            machine.fit(train.descriptors, train.labels)
            predicted = _votes(machine, validation.descriptors).argmax(axis=1)
            heard = np.unique(validation.labels)
            score = f1_score(
                validation.labels, predicted, labels=heard, average="macro", zero_division=0
            )
            if score > best:
                best, self._machine, self._chosen = score, machine, options

    def probabilities(self, descriptors: Array) -> Array:
        """Return the softmax of the machine's votes: it has no probabilities of its own."""
        shares: Array = softmax(_votes(self._machine, descriptors), axis=1)
        return shares

    def describe(self) -> str:
        """Return what was fitted, and what was chosen."""
        chosen = ", ".join(f"{name} = {value:g}" for name, value in sorted(self._chosen.items()))
        return (
            f"mean and deviation of {self._n_mfcc} MFCCs, standardised; support vector machine, "
            f"Gaussian kernel; of {len(self._grid)} settings {chosen} by macro-F1 on validation"
        )


def _votes(machine: Pipeline, descriptors: Array) -> Array:
    """Return how many of its pairs each class wins, ties broken by margin, ``(n, n_classes)``."""
    votes: Array = machine.decision_function(descriptors)
    return np.stack([-votes, votes], axis=1) if votes.ndim == 1 else votes
