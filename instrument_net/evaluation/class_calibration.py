"""Calibration class by class: is a class there as often as its probability says?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from scipy.stats import binomtest

from instrument_net.evaluation.calibration import N_BINS
from instrument_net.evaluation.predictions import Predictions


def class_averaged_calibration_error(predictions: Predictions) -> float:
    """Return the mean over the classes of the calibration error of each, in [0, 1]; 0 is best.

    The error of a class compares its probability in *every* clip, not only where it is the highest,
    with how often the class is there: over ten bins of equal width, the distance between the mean
    probability and the share of the class, weighted by the clips of the bin. So a small class does
    not rest on its few clips alone. With many classes most probabilities are near 0, and so is this
    error: compare it with others of the same classes only. Classes without a clip are left out.

    References:
        Kull et al., "Beyond temperature scaling: obtaining well-calibrated multi-class
        probabilities with Dirichlet calibration", NeurIPS 2019 (class-wise ECE).
    """
    labels = predictions.labels
    errors = []
    for index in labels.unique().tolist():
        p, there = predictions.probabilities[:, index].double(), (labels == index).double()
        bins = (p * N_BINS).ceil().long().clamp(1, N_BINS) - 1
        gap = torch.bincount(bins, p - there, N_BINS).abs().sum() / len(labels)
        errors.append(float(gap))
    return float(np.mean(errors))


def by_predicted_class(predictions: Predictions) -> pd.DataFrame:
    """Return how sure the network is when it names a class, and how often it is right then.

    Returns:
        One row for each class that is named at least once: ``n_clips`` that are called so, their
        mean ``confidence``, their ``accuracy`` (the precision of the class) and its 95 % interval
        from ``low`` to ``high`` (Wilson's, for independent clips).
    """
    confidence, predicted = predictions.probabilities.max(dim=1)
    correct = predictions.correct
    rows = {}
    for index in predicted.unique(sorted=True).tolist():
        named = predicted == index
        n_clips, n_correct = int(named.sum()), int(correct[named].sum())
        interval = binomtest(n_correct, n_clips).proportion_ci(0.95, method="wilson")
        rows[predictions.class_names[index]] = {
            "n_clips": n_clips,
            "confidence": float(confidence[named].mean()),
            "accuracy": n_correct / n_clips,
            "low": float(interval.low),
            "high": float(interval.high),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("named")
    return table.astype({"n_clips": int})
