"""Parameters -> optimizer: Adam with the spec's settings, and AdamW that decays weights only."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn
from torch.optim import Adam, AdamW


def spec_adam(parameters: Iterable[nn.Parameter]) -> Adam:
    """Return Adam with the spec's settings (eq. 20; the place of delta: docs/spec-errata.md)."""
    return Adam(parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-7, fused=True)


def adamw(
    parameters: Iterable[nn.Parameter],
    *,
    lr: float,
    weight_decay: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> AdamW:
    """Return AdamW with two groups of parameters: weights, which decay, and vectors, which do not.

    The number of axes distinguishes them: biases, and the scale and shift of a normalisation, are
    vectors; the weights of a layer have two axes or more. Pulling a vector towards 0 would not
    make a network simpler but move its thresholds.

    Args:
        parameters: Of the network.
        lr: Step size.
        weight_decay: Share of a weight that is subtracted in each step, times the step size.
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
