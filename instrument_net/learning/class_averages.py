"""Averages over the classes that were heard: the same figures while training as in the report."""

from __future__ import annotations

from torch import Tensor
from torchmetrics.classification import MulticlassF1Score, MulticlassRecall


class MacroF1(MulticlassF1Score):
    """Mean F1 of the classes that have a clip.

    torchmetrics' own ``macro`` also counts, as 0, a class without a clip that some clip was taken
    for. A validation side that lacks classes would be judged by a handful of such slips.

    Args:
        n_classes: How many.
    """

    def __init__(self, n_classes: int) -> None:
        # Checking the labels' values would make the host wait for the device every step.
        super().__init__(n_classes, average=None, validate_args=False)

    def compute(self) -> Tensor:
        """Return the mean, in [0, 1]; NaN before the first clip."""
        return _mean_of_heard(super().compute(), self)


class MacroRecall(MulticlassRecall):
    """Mean recall of the classes that have a clip.

    Args:
        n_classes: How many.
    """

    def __init__(self, n_classes: int) -> None:
        super().__init__(n_classes, average=None, validate_args=False)

    def compute(self) -> Tensor:
        """Return the mean, in [0, 1]; NaN before the first clip."""
        return _mean_of_heard(super().compute(), self)


def _mean_of_heard(per_class: Tensor, counts: MulticlassF1Score | MulticlassRecall) -> Tensor:
    heard = (counts.tp + counts.fn > 0).to(per_class.dtype)  # type: ignore[operator]
    return (per_class * heard).sum() / heard.sum()
