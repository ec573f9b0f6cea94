"""The learning rate over the steps of a run."""

from __future__ import annotations

from torch.optim import Optimizer
from torch.optim.lr_scheduler import ConstantLR, LRScheduler, OneCycleLR


def constant(optimizer: Optimizer, total_steps: int) -> LRScheduler:
    """Keep the learning rate constant, as the spec does (Algorithm 3)."""
    del total_steps
    return ConstantLR(optimizer, factor=1.0, total_iters=0)


def cosine(optimizer: Optimizer, total_steps: int, *, warm_up: float = 0.05) -> LRScheduler:
    """Raise the learning rate to the optimizer's, then lower it along a cosine to nearly 0.

    A run of so few steps that a warm-up has none of them begins near the highest rate.

    Args:
        optimizer: Its learning rate is the highest of the run.
        total_steps: Steps of the whole run; the schedule allows no further step.
        warm_up: Share of the steps until the highest rate, at least 0 and below 1.

    References:
        Smith and Topin, "Super-convergence", 2019; without its cycle of momentum.
    """
    total_steps = max(2, total_steps)  # the rate of the last step is nearly 0: not of the only one
    if warm_up * total_steps == 1:  # a warm-up of no length, by which PyTorch divides
        warm_up *= 1 - 1e-9
    return OneCycleLR(
        optimizer,
        max_lr=optimizer.param_groups[0]["lr"],
        total_steps=total_steps,
        pct_start=float(warm_up),  # PyTorch refuses a whole number
        cycle_momentum=False,
    )
