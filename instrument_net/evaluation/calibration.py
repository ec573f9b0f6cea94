"""Calibration: are predictions of 80 % confidence correct in 80 % of cases?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import torch
from torch import Tensor
from torchmetrics.functional.classification import multiclass_calibration_error

from instrument_net.evaluation.predictions import Predictions

N_BINS = 10
_SMALLEST = torch.finfo(torch.float32).tiny


def expected_calibration_error(predictions: Predictions) -> float:
    """Return the mean distance between confidence and accuracy over ten bins, in [0, 1].

    0 is best.

    References:
        Guo et al., "On calibration of modern neural networks", ICML 2017, eq. 3.
    """
    p, y = predictions.probabilities, predictions.labels
    n = len(predictions.class_names)
    return float(multiclass_calibration_error(p, y, num_classes=n, n_bins=N_BINS, norm="l1"))


def fit_temperature(predictions: Predictions) -> float:
    """Return the temperature that minimises the log-loss.

    A temperature above 1 means that the network was overconfident. One number for all classes keeps
    their order, and with it every metric that depends on the order alone.

    Args:
        predictions: Of clips that the network is neither trained nor tested on: validation.

    Returns:
        The temperature, between 0.05 and 20.

    References:
        Guo et al., 2017, section 4.2.
    """
    log_p = _log(predictions.probabilities.double())
    labels = predictions.labels
    # The loss is convex in 1 / T; in log T it has one minimum, which Newton's method finds.
    log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(log_p / log_temperature.exp(), labels)
        value.backward()
        return value

    optimizer.step(loss)
    return float(log_temperature.detach().exp().clamp(0.05, 20))


def with_temperature(predictions: Predictions, temperature: float) -> Predictions:
    """Return the predictions with probabilities ``softmax(log p / temperature)``."""
    scaled = (_log(predictions.probabilities) / temperature).softmax(dim=1)
    return replace(predictions, probabilities=scaled)


def reliability(predictions: Predictions) -> pd.DataFrame:
    """Return the number of clips, mean confidence and accuracy of each bin of confidence.

    Returns:
        Ten rows, indexed by the bin's lower end; an empty bin has 0 clips and NaN.
    """
    confidence = predictions.probabilities.amax(dim=1)
    correct = predictions.correct.float()
    bins = (confidence * N_BINS).ceil().long().clamp(1, N_BINS) - 1
    n_clips = torch.bincount(bins, minlength=N_BINS)
    return pd.DataFrame(
        {
            "n_clips": n_clips.tolist(),
            "confidence": (torch.bincount(bins, confidence, N_BINS) / n_clips).tolist(),
            "accuracy": (torch.bincount(bins, correct, N_BINS) / n_clips).tolist(),
        },
        index=pd.Index([k / N_BINS for k in range(N_BINS)], name="from"),
    )


def _log(probabilities: Tensor) -> Tensor:
    return probabilities.clamp_min(_SMALLEST).log()
