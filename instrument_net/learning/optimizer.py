"""Parameters -> optimizer: Adam as the spec sets it, and AdamW that decays weights only."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn
from torch.optim import Adam, AdamW


def spec_adam(parameters: Iterable[nn.Parameter]) -> Adam:
    """Return Adam as the spec sets it (eq. 20; where delta stands: docs/spec-errata.md)."""
    return Adam(parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-7, fused=True)


def adamw(
    parameters: Iterable[nn.Parameter],
    *,
    lr: float,
    weight_decay: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> AdamW:
    """Return AdamW in two groups: weights, which decay, and vectors, which do not.

    They are told apart by their axes: a bias, and scale and shift of a normalisation, are vectors;
    what a layer multiplies with is a matrix or more. To pull a vector towards 0 would not make a
    network simpler, it would move its thresholds.

    Args:
        parameters: Of the network.
        lr: Step size.
        weight_decay: What a weight loses a step, in units of the step size and of itself.
        betas: Decay rates of the two moments.
        eps: Added to the root of the second moment.

    References:
        Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """
    parameters = list(parameters)
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=lr, betas=betas, eps=eps, fused=True)
