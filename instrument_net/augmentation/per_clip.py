"""What is drawn for each clip separately: whether it is changed, and by how much."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from instrument_net.errors import InputError

Range = tuple[float, float]


def change_some(
    change: Callable[[Tensor], Tensor], clips: Tensor, *, probability: float, training: bool
) -> Tensor:
    """Return the clips, each changed with the given probability; the others bit for bit the same.

    Which clips are changed is drawn on the CPU: the host then knows how many they are without
    waiting for a GPU, and only those cost arithmetic. What ``change`` draws, it draws on the clips'
    device. Both generators are torch's global ones, which ``seed_everything`` seeds.

    Args:
        change: Some of the clips -> changed clips of the same shape.
        clips: ``(batch, ...)``.
        probability: Of each clip, 0 to 1.
        training: If false, nothing is changed, as in ``torch.nn.functional.dropout``.
    """
    if not training or probability == 0:
        return clips
    chosen = torch.rand(len(clips)) < probability
    if chosen.all():
        return change(clips)
    if not chosen.any():
        return clips
    positions = chosen.nonzero().squeeze(1).to(clips.device, non_blocking=True)
    return clips.index_copy(0, positions, change(clips.index_select(0, positions)))


def uniform(limits: Range, clips: Tensor) -> Tensor:
    """Draw one number per clip, uniformly between the limits: ``(batch,)`` on the clips' device."""
    return torch.empty(len(clips), device=clips.device).uniform_(*limits)


def log_uniform(limits: Range, clips: Tensor) -> Tensor:
    """Draw one number per clip, uniform in its logarithm, between the limits, both > 0."""
    low, high = limits
    return uniform((math.log(low), math.log(high)), clips).exp()


def checked_probability(probability: float) -> float:
    """Return the probability.

    Raises:
        InputError: If it is no number from 0 to 1.
    """
    if not (isinstance(probability, int | float) and 0 <= probability <= 1):
        raise InputError(f"probability must be from 0 to 1, got {probability!r}")
    return float(probability)


def checked_range(
    name: str, limits: Sequence[float], *, lowest: float = -math.inf, highest: float = math.inf
) -> Range:
    """Return the two limits between which something is drawn.

    Raises:
        InputError: If they are not two finite numbers, the lower first, from ``lowest`` to
            ``highest``.
    """
    try:
        low, high = (float(limit) for limit in limits)
        fits = lowest <= low <= high <= highest and math.isfinite(low) and math.isfinite(high)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        within = [f"from {lowest:g} up"] if math.isfinite(lowest) else []
        within += [f"up to {highest:g}"] if math.isfinite(highest) else []
        raise InputError(
            f"{name} must be two numbers, {', '.join(['the lower first', *within])}: "
            f"[low, high]; got {limits}"
        )
    return low, high


def checked_count(name: str, count: int) -> int:
    """Return the count.

    Raises:
        InputError: If it is no whole number above 0.
    """
    if not (isinstance(count, int) and count > 0):
        raise InputError(f"{name} must be a whole number above 0, got {count!r}")
    return count
