"""The metrics that are logged while training, with the direction that is better: one table."""

from __future__ import annotations

from typing import Literal

from torchmetrics import MetricCollection
from torchmetrics.classification import MulticlassAccuracy

from instrument_net.learning.class_averages import MacroF1, MacroRecall

DIRECTIONS: dict[str, Literal["min", "max"]] = {
    "loss": "min",
    "accuracy": "max",
    "macro_f1": "max",
    "macro_recall": "max",
}


def classification_metrics(n_classes: int) -> MetricCollection:
    """Return the metrics of :data:`DIRECTIONS` that follow from predictions: all but the loss.

    Args:
        n_classes: How many.

    >>> import torch
    >>> metrics = classification_metrics(2)
    >>> logits = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> values = metrics(logits, torch.tensor([0, 1, 1]))
    >>> {name: round(float(value), 3) for name, value in values.items()}
    {'accuracy': 0.667, 'macro_f1': 0.667, 'macro_recall': 0.75}
    """
    return MetricCollection(
        {
            # Checking the labels' values would make the host wait for the device every step.
            "accuracy": MulticlassAccuracy(n_classes, average="micro", validate_args=False),
            "macro_f1": MacroF1(n_classes),
            "macro_recall": MacroRecall(n_classes),
        }
    )
