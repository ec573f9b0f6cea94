"""The loss of training, with its options, and the plain loss that compares runs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.learning.loss import LogBase, cross_entropy


class TrainingLoss(nn.Module):
    """Remember the options of :func:`~instrument_net.learning.loss.cross_entropy`.

    Args:
        n_classes: Number of classes.
        log_base: Base of the logarithm.
        label_smoothing: Share of the label that is distributed over all classes.
        class_weights: Weight of each class; ``None``: all have the same.

    Raises:
        InputError: If an option is unknown or not from 0 to 1, or the class weights are not one
            number above 0 per class.
    """

    class_weights: Tensor | None

    def __init__(
        self,
        n_classes: int,
        *,
        log_base: LogBase,
        label_smoothing: float,
        class_weights: Sequence[float] | None,
    ) -> None:
        super().__init__()
        if class_weights is not None and (
            len(class_weights) != n_classes or min(class_weights) <= 0
        ):
            raise InputError(
                f"class_weights must be {n_classes} numbers above 0, got {class_weights}"
            )
        self._log_base: LogBase = log_base
        self._label_smoothing = label_smoothing
        weights = None if class_weights is None else torch.tensor(class_weights)
        self.register_buffer("class_weights", weights, persistent=False)
        # What cross_entropy refuses is refused here, not at the first step.
        self(torch.zeros(1, n_classes), torch.zeros(1, dtype=torch.int64))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of a training batch, a scalar."""
        return cross_entropy(
            logits,
            labels,
            log_base=self._log_base,
            label_smoothing=self._label_smoothing,
            class_weights=self.class_weights,
        )

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return what a batch weighs in a mean over several, a scalar: see ``cross_entropy``."""
        if self.class_weights is None or labels.ndim == 2:
            return torch.full((), float(len(labels)), device=labels.device)
        return self.class_weights[labels].sum()

    def unweighted(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the loss without smoothing and weights, to compare runs that differ in them."""
        return cross_entropy(logits, labels, log_base=self._log_base)
