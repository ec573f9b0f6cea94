"""Averages over the classes that occur: the same metrics in training as in the report."""

from __future__ import annotations

from torch import Tensor
from torchmetrics.classification import MulticlassF1Score, MulticlassRecall


class MacroF1(MulticlassF1Score):
    """Mean F1 of the classes that have a clip.

    The ``macro`` average of torchmetrics also counts, as 0, every class without a clip that is
    predicted at least once: where a validation split misses classes, a few wrong predictions would
    dominate the mean.

    Args:
        n_classes: Number of classes.
    """

    def __init__(self, n_classes: int) -> None:
        # Checking the labels' values would make the host wait for the device every step.
        super().__init__(n_classes, average=None, validate_args=False)

    def compute(self) -> Tensor:
        """Return the mean, in [0, 1]; NaN before the first clip."""
        return _mean_of_present(super().compute(), self)


class MacroRecall(MulticlassRecall):
    """Mean recall of the classes that have a clip.

    Args:
        n_classes: Number of classes.
    """

    def __init__(self, n_classes: int) -> None:
        super().__init__(n_classes, average=None, validate_args=False)

    def compute(self) -> Tensor:
        """Return the mean, in [0, 1]; NaN before the first clip."""
        return _mean_of_present(super().compute(), self)


def _mean_of_present(per_class: Tensor, counts: MulticlassF1Score | MulticlassRecall) -> Tensor:
    present = (counts.tp + counts.fn > 0).to(per_class.dtype)  # type: ignore[operator]
    return (per_class * present).sum() / present.sum()
