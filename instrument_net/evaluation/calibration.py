"""Calibration: are predictions of 80 % confidence correct in 80 % of cases?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import torch
from scipy.stats import binomtest
from torch import Tensor
from torchmetrics.functional.classification import multiclass_calibration_error

from instrument_net.evaluation.predictions import Predictions

N_BINS = 10
LEAST_CLIPS = 50  # fewer give a temperature by chance
_LOWEST, _HIGHEST = 0.05, 20.0
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
        The temperature, between 0.05 and 20; at either limit the loss has no minimum in between:
        see :func:`why_no_temperature`.

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
    return float(log_temperature.detach().exp().clamp(_LOWEST, _HIGHEST))


def why_no_temperature(validation: Predictions, temperature: float) -> str | None:
    """Return why a fitted temperature means nothing, in words; ``None`` if it means something.

    Args:
        validation: What it was fitted on.
        temperature: Of :func:`fit_temperature`.
    """
    n_clips, n_classes = len(validation.clips), validation.clips["label"].nunique()
    if n_clips < LEAST_CLIPS:
        return f"{n_clips} validation clips are too few, it takes {LEAST_CLIPS}"
    if n_classes < 2:
        return "all validation clips are of one class"
    if validation.correct.all():  # the smaller the temperature, the smaller the loss
        return "no validation clip is misclassified, which leaves the temperature open"
    if not _LOWEST < temperature < _HIGHEST:
        limit = f"down to {_LOWEST:g}" if temperature <= _LOWEST else f"up to {_HIGHEST:g}"
        return f"the log-loss of the validation clips falls all the way {limit}"
    return None


def with_temperature(predictions: Predictions, temperature: float) -> Predictions:
    """Return the predictions with probabilities ``softmax(log p / temperature)``."""
    scaled = (_log(predictions.probabilities) / temperature).softmax(dim=1)
    return replace(predictions, probabilities=scaled)


def reliability(predictions: Predictions) -> pd.DataFrame:
    """Return the number of clips, mean confidence and accuracy of each bin of confidence.

    Returns:
        Ten rows, indexed by the bin's lower end; an empty bin has 0 clips and NaN. ``low`` and
        ``high`` are the 95 % interval of the accuracy (Wilson's). It takes clips as independent;
        where many are of one recording, it is too narrow.

    References:
        Wilson, J. Am. Stat. Assoc. 22, 1927.
    """
    confidence = predictions.probabilities.amax(dim=1)
    correct = predictions.correct.float()
    bins = (confidence * N_BINS).ceil().long().clamp(1, N_BINS) - 1
    n_clips = torch.bincount(bins, minlength=N_BINS)
    n_correct = torch.bincount(bins, correct, N_BINS)
    intervals = map(_wilson, n_correct.long().tolist(), n_clips.tolist())
    low, high = zip(*intervals, strict=True)
    return pd.DataFrame(
        {
            "n_clips": n_clips.tolist(),
            "confidence": (torch.bincount(bins, confidence, N_BINS) / n_clips).tolist(),
            "accuracy": (n_correct / n_clips).tolist(),
            "low": low,
            "high": high,
        },
        index=pd.Index([k / N_BINS for k in range(N_BINS)], name="from"),
    )


def _wilson(n_correct: int, n_clips: int) -> tuple[float, float]:
    if n_clips == 0:
        return float("nan"), float("nan")
    interval = binomtest(n_correct, n_clips).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def _log(probabilities: Tensor) -> Tensor:
    return probabilities.clamp_min(_SMALLEST).log()
