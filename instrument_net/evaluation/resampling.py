"""How far figures would move with other recordings: bootstrap by group, and tests on pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.stats

from instrument_net.evaluation.predictions import Predictions

N_RESAMPLES = 2000
_LEVEL = 95  # per cent
_VALUES_AT_A_TIME = 10_000_000

Array = npt.NDArray[np.float64]


def bootstrap_intervals(
    predictions: Predictions, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> pd.DataFrame:
    """Return 95 % percentile intervals of the figures, drawing whole recordings anew.

    Clips of one recording are alike, so that drawing single clips would promise too much. A class
    that a draw leaves out counts in none of its averages, as in :func:`measure`.

    Args:
        predictions: Its clips' column ``group`` names what is drawn as a whole; without it, the
            clip.
        n_resamples: Draws.
        seed: Of the draws.

    Returns:
        One row a figure of ``FIGURES``, with ``low`` and ``high``.

    References:
        Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13; Field and Welsh,
        "Bootstrapping clustered data", J. R. Statist. Soc. B 69, 2007.
    """
    sums = _GroupSums(predictions)
    draws = [sums.figures(weights) for weights in _draws(sums.n_groups, n_resamples, seed)]
    return _percentiles(np.concatenate(draws))


@dataclass(frozen=True)
class PairedComparison:
    """Two sets of predictions of the same clips, B against A.

    Attributes:
        differences: One row a figure: ``difference`` (B - A), 95 % ``low`` and ``high`` of it,
            and ``p``, the two-sided bootstrap probability of no difference.
        only_a_right: Clips that only A gets right.
        only_b_right: Clips that only B gets right.
        mcnemar_p: Probability of so uneven a pair, were both equally good (exact McNemar test).
    """

    differences: pd.DataFrame
    only_a_right: int
    only_b_right: int
    mcnemar_p: float


def compare_pair(
    a: Predictions, b: Predictions, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> PairedComparison:
    """Compare two models on the clips that both have judged.

    Both are measured on the same draws of recordings, so that what makes a recording hard for both
    cancels.

    Args:
        a: The one that is compared with.
        b: The other; its clips must be those of ``a``, in the same order, its classes too.
        n_resamples: Draws of recordings.
        seed: Of the draws.

    Raises:
        ValueError: If clips or classes differ.

    References:
        McNemar, Psychometrika 12, 1947; Dietterich, Neural Computation 10, 1998.
    """
    if list(a.clips["path"]) != list(b.clips["path"]) or a.class_names != b.class_names:
        raise ValueError("a paired comparison needs the same clips and classes, in the same order")
    sums_a, sums_b = _GroupSums(a), _GroupSums(b)
    draws = [
        sums_b.figures(weights) - sums_a.figures(weights)
        for weights in _draws(sums_a.n_groups, n_resamples, seed)
    ]
    differences = np.concatenate(draws)
    whole = np.ones((1, sums_a.n_groups))
    table = _percentiles(differences)
    table.insert(0, "difference", (sums_b.figures(whole) - sums_a.figures(whole))[0])
    below = (differences <= 0).mean(axis=0)
    above = (differences >= 0).mean(axis=0)
    table["p"] = np.minimum(1.0, 2 * np.minimum(below, above))
    right_a, right_b = a.correct.numpy(), b.correct.numpy()
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    p = scipy.stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    return PairedComparison(table, only_a, only_b, float(p))


FIGURES = (
    "accuracy",
    "macro_recall",
    "macro_f1",
    "macro_precision",
    "weighted_f1",
    "top_3_accuracy",
    "log_loss",
)


class _GroupSums:
    """What every figure can be computed from, summed over the clips of each group."""

    def __init__(self, predictions: Predictions) -> None:
        codes, _ = pd.factorize(predictions.groups)
        self.n_groups = int(codes.max()) + 1
        self._k = len(predictions.class_names)
        labels = predictions.labels.numpy()
        predicted = predictions.probabilities.argmax(dim=1).numpy()
        self._confusion = np.zeros((self.n_groups, self._k * self._k))
        np.add.at(self._confusion, (codes, labels * self._k + predicted), 1.0)
        p = predictions.probabilities.double().numpy()
        true = np.take_along_axis(p, labels[:, None], axis=1)
        in_top_3 = (p > true).sum(axis=1) < 3
        surprise = -np.log(np.maximum(true[:, 0], np.finfo(np.float32).tiny))
        self._sums = np.zeros((self.n_groups, 3))
        np.add.at(self._sums, codes, np.stack([np.ones(len(p)), in_top_3, surprise], axis=1))

    def figures(self, weights: Array) -> Array:
        """Return ``(draws, len(FIGURES))`` for how often each draw holds each group."""
        confusion = (weights @ self._confusion).reshape(-1, self._k, self._k)
        clips, in_top_3, surprise = (weights @ self._sums).T
        right = np.diagonal(confusion, axis1=1, axis2=2)
        true, called = confusion.sum(axis=2), confusion.sum(axis=1)
        heard = true > 0
        recall = right / np.maximum(true, 1)
        precision = right / np.maximum(called, 1)
        f1 = 2 * right / np.maximum(true + called, 1)

        def mean(values: Array) -> Array:
            averaged: Array = np.where(heard, values, 0).sum(axis=1) / heard.sum(axis=1)
            return averaged

        return np.stack(
            [
                right.sum(axis=1) / clips,
                mean(recall),
                mean(f1),
                mean(precision),
                (f1 * true).sum(axis=1) / clips,
                in_top_3 / clips,
                surprise / clips,
            ],
            axis=1,
        )


def _draws(n_groups: int, n_resamples: int, seed: int) -> Iterator[Array]:
    """Yield how often each draw, with replacement, holds each group, some draws at a time."""
    rng = np.random.default_rng(seed)
    share = np.full(n_groups, 1 / n_groups)
    at_a_time = max(1, _VALUES_AT_A_TIME // n_groups)
    for start in range(0, n_resamples, at_a_time):
        size = min(at_a_time, n_resamples - start)
        yield rng.multinomial(n_groups, share, size=size).astype(np.float64)


def _percentiles(draws: Array) -> pd.DataFrame:
    low, high = np.percentile(draws, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=pd.Index(FIGURES, name="metric"))
