"""Statistics of cepstral coefficients and support vectors: the textbook approach to timbre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import softmax
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from instrument_net.baselines.baseline import Array, Score, SplitData
from instrument_net.baselines.mfcc_statistics import MfccStatistics
from instrument_net.frontend import FrontEnd


class SvmMfcc:
    """Standardised MFCC statistics and a support vector machine with a Gaussian kernel.

    All classes have the same weight, however many clips they have, as in macro-averaged metrics.
    Scaling and machine are fitted to the training split. C and gamma are chosen as a network's
    checkpoint is: by the best score on the validation split, the first of equals.

    Args:
        n_mfcc: Coefficients whose mean and deviation describe a clip.
        c: Weights of a training error, at least one; the best is chosen.
        gamma: Of the kernel ``exp(-gamma |x - y|^2)``, at least one; the best is chosen.

    References:
        Cortes & Vapnik, Machine Learning 20, 1995; one machine for each pair of classes.
    """

    def __init__(self, *, n_mfcc: int, c: Sequence[float], gamma: Sequence[float]) -> None:
        self._n_mfcc = n_mfcc
        self._grid = ParameterGrid({"C": list(c), "gamma": list(gamma)})

    def descriptor(self, front_end: FrontEnd) -> MfccStatistics:
        """Return the statistics at the front end's sample rate."""
        return MfccStatistics(sample_rate_hz=front_end.sample_rate_hz, n_mfcc=self._n_mfcc)

    def fit(self, train: SplitData, validation: SplitData, score: Score) -> None:
        """Fit a machine for every C and gamma; keep the one with the highest score."""
        best: float | None = None
        for options in self._grid:
            machine = make_pipeline(
                StandardScaler(), SVC(kernel="rbf", class_weight="balanced", **options)
            )
            machine.fit(train.descriptors, train.labels)
            reached = score(_probabilities(machine, validation.descriptors))
            if best is None or reached > best:
                best, self._machine, self._chosen = reached, machine, options

    def probabilities(self, descriptors: Array) -> Array:
        """Return the softmax of the machine's votes: it has no probabilities of its own."""
        return _probabilities(self._machine, descriptors)

    def describe(self) -> str:
        """Return what was fitted, and what was chosen."""
        chosen = ", ".join(f"{name} = {value:g}" for name, value in sorted(self._chosen.items()))
        return (
            f"mean and deviation of {self._n_mfcc} MFCCs, standardised; support vector machine, "
            f"Gaussian kernel; {chosen}, chosen on validation from {len(self._grid)} settings"
        )


def _probabilities(machine: Pipeline, descriptors: Array) -> Array:
    # How many of its pairs each class wins, ties broken by margin: (n_clips, n_classes).
    votes: Array = machine.decision_function(descriptors)
    if votes.ndim == 1:  # of two classes, the margin of the second
        votes = np.stack([-votes, votes], axis=1)
    probabilities: Array = softmax(votes, axis=1)
    return probabilities
