"""Categorical cross-entropy of logits (spec eq. 17, corrected)."""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import torch.nn.functional as F
from torch import Tensor

from instrument_net.errors import InputError

LogBase = Literal["e", "10"]


def cross_entropy(
    logits: Tensor,
    labels: Tensor,
    *,
    log_base: LogBase = "e",
    label_smoothing: float = 0.0,
    class_weights: Tensor | None = None,
) -> Tensor:
    """Return the batch mean of ``-sum_i y_i log(y*_i)`` with ``y* = softmax(logits)``.

    y is the label as a one-hot vector, so that the loss of a clip is ``-log`` of the probability of
    its own class. Eq. 17 swaps y and y*, which takes the logarithm of the label's zeros, and uses
    log10, the natural logarithm divided by ln 10: loss and gradients become 2.303 times smaller,
    while Adam's steps hardly change, as they do not depend on scale except for delta.

    Softmax and logarithm are computed together: ``logits - log(sum(exp(logits)))`` neither
    overflows nor takes the logarithm of a probability that was rounded to zero.

    Args:
        logits: ``(batch, n_classes)``, any real numbers.
        labels: Class of each clip, ``(batch,)``, int64, from 0 to ``n_classes - 1``; or the
            probability of each class, ``(batch, n_classes)``, floating, rows that sum to 1, such as
            the labels of mixed clips.
        log_base: ``"e"`` (loss in nats) or ``"10"`` (as in eq. 17; in hartleys).
        label_smoothing: Share e of the one-hot vector that is distributed evenly over the classes:
            ``(1 - e) y + e / n_classes`` (Szegedy et al., "Rethinking the inception architecture",
            CVPR 2016). 0: the spec's loss.
        class_weights: Weight of each class, ``(n_classes,)``, > 0: each term of the sum over i is
            multiplied by the weight of class i, and the mean is weighted by the labels' weights.
            ``None``: the spec's loss.

    Returns:
        The mean loss, a scalar >= 0: ``log(n_classes)`` for equal logits without weights. For mixed
        labels it is never below the entropy of the labels.

    Raises:
        InputError: If `log_base` is another one or `label_smoothing` not from 0 to 1.
        ValueError: If the shapes are not as above, or the batch is empty.
        IndexError: If a label is no class (on a GPU: a device-side assertion).

    >>> import torch
    >>> loss = cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))
    >>> round(loss.item(), 4)  # log(4)
    1.3863
    """
    if log_base not in get_args(LogBase):
        raise InputError(f"log_base is {log_base!r}; expected one of {get_args(LogBase)}, as text")
    expected = logits.shape if labels.is_floating_point() else logits.shape[:1]
    if logits.ndim != 2 or labels.shape != expected or not labels.numel():
        raise ValueError(
            f"logits {tuple(logits.shape)} and labels {tuple(labels.shape)}, {labels.dtype}; "
            "expected (batch, n_classes) and whole (batch,) or floating (batch, n_classes), with a "
            "batch of at least 1"
        )
    if not 0 <= label_smoothing <= 1:
        raise InputError(f"label_smoothing is {label_smoothing}; expected a share from 0 to 1")
    nats = F.cross_entropy(logits, labels, weight=class_weights, label_smoothing=label_smoothing)
    return nats if log_base == "e" else nats / math.log(10)


def balanced_class_weights(n_clips: Sequence[int]) -> list[float]:
    """Return weights that give all classes the same influence, however many clips they have.

    ``n / (k n_c)`` for n clips of k classes, of which n_c belong to class c: 1 on average over the
    clips.

    Args:
        n_clips: Number of clips of each class, at least 1 each.
    """
    return [sum(n_clips) / (len(n_clips) * count) for count in n_clips]
