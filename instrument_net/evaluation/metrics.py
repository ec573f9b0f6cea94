"""Predictions -> metrics."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import nll_loss
from torchmetrics.functional.classification import (
    multiclass_accuracy,
    multiclass_confusion_matrix,
    multiclass_f1_score,
    multiclass_precision,
    multiclass_recall,
)

from instrument_net.evaluation.predictions import Predictions

# Where one class is tested, no clip of another can be taken for it: precision would be 1 whatever
# the network does.
NEED_TWO_CLASSES = ("macro_f1", "macro_precision", "weighted_f1")


@dataclass(frozen=True)
class Metrics:
    """The metrics of one set of predictions.

    Attributes:
        overall: Metric -> value. All but ``log_loss`` (nats, 0 is best) and ``n_clips`` lie in
            [0, 1], 1 is best. ``macro_recall`` is the mean recall of the classes, also known as
            balanced accuracy. Precision and F1 are NaN where all clips are of one class.
        per_class: Indexed by class: ``precision``, ``recall``, ``f1``, ``n_clips``.
        confusion: Counts, true class by row, predicted class by column.
        weighted_confusion: The same, each clip weighted by the confidence of its prediction.
    """

    overall: dict[str, float]
    per_class: pd.DataFrame
    confusion: pd.DataFrame
    weighted_confusion: pd.DataFrame


def measure(predictions: Predictions) -> Metrics:
    """Return every metric of a set of predictions.

    A class that does not occur among the clips is left out of every average, and its own metrics
    are NaN. Where only one class occurs, precision and F1 are NaN altogether.

    Args:
        predictions: Of one clip at least.

    >>> clips = pd.DataFrame({"path": ["1.wav", "2.wav"], "label": ["flute", "oboe"]})
    >>> probabilities = torch.tensor([[0.9, 0.1], [0.6, 0.4]])
    >>> metrics = measure(Predictions(clips, probabilities, ("flute", "oboe")))
    >>> metrics.overall["accuracy"], metrics.overall["macro_recall"]
    (0.5, 0.5)
    >>> metrics.confusion
           flute  oboe
    true
    flute      1     0
    oboe       1     0
    """
    p, y = predictions.probabilities, predictions.labels
    names = list(predictions.class_names)
    n = len(names)

    def each(function: object) -> list[float]:
        values: Tensor = function(p, y, num_classes=n, average=None)  # type: ignore[operator]
        return [float(value) for value in values]

    per_class = pd.DataFrame(
        {
            "precision": each(multiclass_precision),
            "recall": each(multiclass_recall),
            "f1": each(multiclass_f1_score),
            "n_clips": torch.bincount(y, minlength=n).tolist(),
        },
        index=pd.Index(names, name="label"),
    )
    per_class.loc[per_class["n_clips"] == 0, ["precision", "recall", "f1"]] = float("nan")
    if (per_class["n_clips"] > 0).sum() == 1:
        per_class[["precision", "f1"]] = float("nan")
    occurring = per_class[per_class["n_clips"] > 0]
    counts = multiclass_confusion_matrix(p, y, num_classes=n)
    overall = {
        "accuracy": float(multiclass_accuracy(p, y, num_classes=n, average="micro")),
        "macro_recall": float(occurring["recall"].mean()),
        "macro_f1": float(occurring["f1"].mean()),
        "macro_precision": float(occurring["precision"].mean()),
        "weighted_f1": float((occurring["f1"] * occurring["n_clips"]).sum(skipna=False) / len(y)),
        "top_3_accuracy": float(
            multiclass_accuracy(p, y, num_classes=n, average="micro", top_k=min(3, n))
        ),
        "log_loss": float(nll_loss(p.clamp_min(torch.finfo(p.dtype).tiny).log(), y)),
        "n_clips": len(y),
    }
    confidence, predicted = p.double().max(dim=1)
    weights = torch.zeros(n, n, dtype=torch.float64)
    weights.index_put_((y, predicted), confidence, accumulate=True)
    return Metrics(
        overall=overall,
        per_class=per_class,
        confusion=pd.DataFrame(counts.numpy(), index=names, columns=names).rename_axis("true"),
        weighted_confusion=pd.DataFrame(weights.numpy(), index=names, columns=names).rename_axis(
            "true"
        ),
    )
