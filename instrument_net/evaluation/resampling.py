"""Bootstrap by recording: confidence intervals of metrics, and paired comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.stats

from instrument_net.evaluation.metrics import NEED_TWO_CLASSES
from instrument_net.evaluation.predictions import Predictions

N_RESAMPLES = 2000
_LEVEL = 95  # per cent
_VALUES_AT_A_TIME = 10_000_000

Array = npt.NDArray[np.float64]


def bootstrap_intervals(
    predictions: Predictions, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> pd.DataFrame:
    """Return 95 % percentile intervals of the metrics, by resampling whole recordings.

    Clips of one recording are alike: resampling single clips would give intervals that are too
    narrow. A class that a resample leaves out is left out of its averages, as in :func:`measure`.

    Args:
        predictions: Clips with the same value in column ``group`` are resampled together; without
            that column, each clip by itself.
        n_resamples: Number of resamples.
        seed: Of the resampling.

    Returns:
        One row a metric of ``METRICS``, with ``low`` and ``high``: NaN where the metric needs two
        classes and the clips are of one.

    References:
        Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13; Field and Welsh,
        "Bootstrapping clustered data", J. R. Statist. Soc. B 69, 2007.

    >>> import torch
    >>> clips = pd.DataFrame({"path": ["1.wav", "2.wav"], "label": ["flute", "oboe"]})
    >>> probabilities = torch.tensor([[0.9, 0.1], [0.6, 0.4]])
    >>> predictions = Predictions(clips, probabilities, ("flute", "oboe"))
    >>> bootstrap_intervals(predictions).loc["accuracy"].tolist()
    [0.0, 1.0]
    """
    sums = _GroupSums(predictions)
    values = [sums.metrics(weights) for weights in _resamples(sums.n_groups, n_resamples, seed)]
    return _of_known_metrics(_percentiles(np.concatenate(values)), predictions)


@dataclass(frozen=True)
class PairedComparison:
    """Two models A and B compared on the same clips.

    Attributes:
        differences: One row a metric: ``difference`` (B - A), its 95 % interval from ``low`` to
            ``high``, and ``p``, the two-sided bootstrap p-value. NaN where the metric needs two
            classes and the clips are of one.
        only_a_correct: Number of clips that A alone classifies correctly.
        only_b_correct: Number of clips that B alone classifies correctly.
        mcnemar_p: p-value of the exact McNemar test on these two numbers.
    """

    differences: pd.DataFrame
    only_a_correct: int
    only_b_correct: int
    mcnemar_p: float


def compare_pair(
    a: Predictions, b: Predictions, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> PairedComparison:
    """Compare two models on the same clips.

    Both are measured on the same resamples of recordings: recordings that are hard for both do not
    blur the difference.

    Args:
        a: Predictions of the model to compare with.
        b: Predictions of the other model: of the same clips and classes, in the same order.
        n_resamples: Number of resamples.
        seed: Of the resampling.

    Raises:
        ValueError: If clips or classes differ.

    References:
        McNemar, Psychometrika 12, 1947; Dietterich, Neural Computation 10, 1998.

    >>> import torch
    >>> clips = pd.DataFrame({"path": ["1.wav", "2.wav"], "label": ["flute", "oboe"]})
    >>> a = Predictions(clips, torch.tensor([[0.9, 0.1], [0.6, 0.4]]), ("flute", "oboe"))
    >>> b = Predictions(clips, torch.tensor([[0.8, 0.2], [0.3, 0.7]]), ("flute", "oboe"))
    >>> pair = compare_pair(a, b)
    >>> float(pair.differences.loc["accuracy", "difference"]), pair.only_b_correct
    (0.5, 1)
    """
    if list(a.clips["path"]) != list(b.clips["path"]) or a.class_names != b.class_names:
        raise ValueError("a paired comparison needs the same clips and classes, in the same order")
    sums_a, sums_b = _GroupSums(a), _GroupSums(b)
    paired = [
        sums_b.metrics(weights) - sums_a.metrics(weights)
        for weights in _resamples(sums_a.n_groups, n_resamples, seed)
    ]
    differences = np.concatenate(paired)
    whole = np.ones((1, sums_a.n_groups))
    table = _percentiles(differences)
    table.insert(0, "difference", (sums_b.metrics(whole) - sums_a.metrics(whole))[0])
    below = (differences <= 0).mean(axis=0)
    above = (differences >= 0).mean(axis=0)
    table["p"] = np.minimum(1.0, 2 * np.minimum(below, above))
    correct_a, correct_b = a.correct.numpy(), b.correct.numpy()
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    p = scipy.stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    table = _of_known_metrics(table, a)
    return PairedComparison(table, only_a, only_b, float(p))


METRICS = (
    "accuracy",
    "macro_recall",
    "macro_f1",
    "macro_precision",
    "weighted_f1",
    "top_3_accuracy",
    "log_loss",
)


class _GroupSums:
    """What every metric can be computed from, summed over the clips of each group."""

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
        log_loss = -np.log(np.maximum(true[:, 0], np.finfo(np.float32).tiny))
        self._sums = np.zeros((self.n_groups, 3))
        np.add.at(self._sums, codes, np.stack([np.ones(len(p)), in_top_3, log_loss], axis=1))

    def metrics(self, weights: Array) -> Array:
        """Return ``(resamples, len(METRICS))``.

        Args:
            weights: How often each resample holds each group, ``(resamples, groups)``.
        """
        confusion = (weights @ self._confusion).reshape(-1, self._k, self._k)
        clips, in_top_3, log_loss = (weights @ self._sums).T
        correct = np.diagonal(confusion, axis1=1, axis2=2)
        true, predicted = confusion.sum(axis=2), confusion.sum(axis=1)
        occurs = true > 0
        recall = correct / np.maximum(true, 1)
        precision = correct / np.maximum(predicted, 1)
        f1 = 2 * correct / np.maximum(true + predicted, 1)

        def mean(values: Array) -> Array:
            averaged: Array = np.where(occurs, values, 0).sum(axis=1) / occurs.sum(axis=1)
            return averaged

        return np.stack(
            [
                correct.sum(axis=1) / clips,
                mean(recall),
                mean(f1),
                mean(precision),
                (f1 * true).sum(axis=1) / clips,
                in_top_3 / clips,
                log_loss / clips,
            ],
            axis=1,
        )


def _resamples(n_groups: int, n_resamples: int, seed: int) -> Iterator[Array]:
    """Yield how often each resample holds each group, ``(resamples, groups)``, some at a time."""
    rng = np.random.default_rng(seed)
    share = np.full(n_groups, 1 / n_groups)
    at_a_time = max(1, _VALUES_AT_A_TIME // n_groups)
    for start in range(0, n_resamples, at_a_time):
        size = min(at_a_time, n_resamples - start)
        yield rng.multinomial(n_groups, share, size=size).astype(np.float64)


def _of_known_metrics(table: pd.DataFrame, predictions: Predictions) -> pd.DataFrame:
    if len(predictions.clips["label"].unique()) == 1:
        table.loc[list(NEED_TWO_CLASSES)] = float("nan")
    return table


def _percentiles(values: Array) -> pd.DataFrame:
    low, high = np.percentile(values, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=pd.Index(METRICS, name="metric"))
