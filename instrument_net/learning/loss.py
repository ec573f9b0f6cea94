"""Categorical cross-entropy of logits (spec eq. 17, put right)."""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import torch.nn.functional as F
from torch import Tensor

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

    y is the label as a one-hot vector, so that a clip costs ``-log`` of the probability given to
    its own class. Eq. 17 prints y and y* the other way round, which takes the logarithm of the
    label's zeros, and log10, the natural logarithm divided by ln 10: loss and gradients become
    2.303 times smaller, while Adam's steps hardly change, as they are free of scale but for delta.

    Softmax and logarithm are one function here: ``logits - log(sum(exp(logits)))`` does not
    overflow, nor does it take the logarithm of a probability that was rounded to zero.

    Args:
        logits: ``(batch, n_classes)``, any real numbers.
        labels: Class of each clip, ``(batch,)``, int64, from 0 to ``n_classes - 1``; or the
            probability of each class, ``(batch, n_classes)``, floating, rows that sum to 1: the y_i
            themselves, as a mixture of clips has them.
        log_base: ``"e"`` (loss in nats) or ``"10"`` (as in eq. 17; in hartleys).
        label_smoothing: Share e of the one-hot vector that is spread evenly over all classes:
            ``(1 - e) y + e / n_classes`` (Szegedy et al., "Rethinking the inception architecture",
            CVPR 2016). 0: the spec's loss.
        class_weights: Weight of each class, ``(n_classes,)``, > 0: every term of the sum over i is
            multiplied by its class's, and the mean is over the weights of the labels. ``None``: the
            spec's loss.

    Returns:
        The mean loss, a scalar >= 0. Equal logits cost ``log(n_classes)`` without weights. Of mixed
        labels, no logits cost less than the labels' entropy.

    Raises:
        ValueError: If `log_base` is another one, `label_smoothing` not in 0 to 1, or the shapes are
            not as above, or the batch is empty.
        IndexError: If a label is no class (on a GPU: a device-side assertion).
    """
    if log_base not in get_args(LogBase):
        raise ValueError(f"log_base is {log_base!r}; expected one of {get_args(LogBase)}, as text")
    expected = logits.shape if labels.is_floating_point() else logits.shape[:1]
    if logits.ndim != 2 or labels.shape != expected or not labels.numel():
        raise ValueError(
            f"logits {tuple(logits.shape)} and labels {tuple(labels.shape)}, {labels.dtype}; "
            "expected (batch, n_classes) and whole (batch,) or floating (batch, n_classes), with a "
            "batch of at least 1"
        )
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing is {label_smoothing}; expected a share from 0 to 1")
    nats = F.cross_entropy(logits, labels, weight=class_weights, label_smoothing=label_smoothing)
    return nats if log_base == "e" else nats / math.log(10)


def balanced_class_weights(n_clips: Sequence[int]) -> list[float]:
    """Return weights with which every class has the same say, however many clips it has.

    ``n / (k n_c)`` for n clips of k classes, n_c of them of class c: 1 on average over the clips.

    Args:
        n_clips: Clips of each class, at least 1 each.
    """
    return [sum(n_clips) / (len(n_clips) * count) for count in n_clips]
