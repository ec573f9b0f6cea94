"""An exponential moving average of the weights over the steps of a run."""

from __future__ import annotations

import torch
from torch import Tensor


@torch.no_grad()
def exponential_average_(
    averaged: list[Tensor], current: list[Tensor], n_averaged: Tensor | int, *, decay: float
) -> None:
    """Move an average a little towards the current weights, in place.

    The average keeps ``min(decay, (1 + n) / (10 + n))`` of itself after n updates. Otherwise the
    initial weights would remain in it for about ``1 / (1 - decay)`` steps: too long for short runs.

    Meant as the ``multi_avg_fn`` of Lightning's ``WeightAveraging`` (or torch's ``AveragedModel``).
    What does not change, such as the scaling of the features, stays the same to the last bit. Whole
    numbers, such as the number of batches seen, are copied.

    Args:
        averaged: Averages of weights or buffers, all of one type.
        current: Their current values.
        n_averaged: Number of updates so far.
        decay: Largest share that is kept, 0 to 1; averages over about ``1 / (1 - decay)`` steps.

    References:
        Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J.
        Control Optim. 30(4), 1992. The warm-up is that of TensorFlow's ExponentialMovingAverage.
    """
    kept = min(decay, (1 + int(n_averaged)) / (10 + int(n_averaged)))
    if averaged[0].is_floating_point():
        torch._foreach_lerp_(averaged, current, 1 - kept)
    else:
        torch._foreach_copy_(averaged, current)
