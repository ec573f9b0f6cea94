"""What processes that train one network together have in common: a loss, and statistics.

Where there is one process, nothing is changed.
"""

from __future__ import annotations

import torch
from torch import Tensor, distributed, nn


def of_the_whole_batch(loss: Tensor, weight: Tensor) -> Tensor:
    """Return the loss of a share of a batch, scaled so that the shares' mean is the batch's loss.

    Gradients are averaged over processes, too: with this loss, each process has the gradient of the
    whole batch, whatever the shares are.

    Args:
        loss: Mean over the share of this process, a scalar.
        weight: What the share weighs in the mean over the batch, a scalar >= 0: its number of
            clips, or the sum of their weights.
    """
    if not _several():
        return loss
    total = weight.clone()
    distributed.all_reduce(total)
    return loss * (weight * distributed.get_world_size() / total)


@torch.no_grad()
def share_buffers(module: nn.Module) -> None:
    """Give every process the buffers of the first: scaling of features, statistics of batches."""
    if not _several():
        return
    for buffer in module.buffers():
        distributed.broadcast(buffer, src=0)


def largest(number: int, device: torch.device) -> int:
    """Return the largest of the numbers that the processes have; each has to call this.

    Args:
        number: Of this process.
        device: Where it computes.
    """
    if not _several():
        return number
    value = torch.tensor(number, device=device)
    distributed.all_reduce(value, op=distributed.ReduceOp.MAX)
    return int(value)


def _several() -> bool:
    ready = distributed.is_available() and distributed.is_initialized()
    return ready and distributed.get_world_size() > 1
