"""The mean loss of an epoch, over all clips of all processes."""

from __future__ import annotations

import torch
from torch import Tensor
from torchmetrics import Metric


class MeanLoss(Metric):
    """Mean of losses that are weighted by their number of clips.

    NaN stays: it says that training has diverged. Others do not serve: Lightning's mean of logged
    values rounds the mean number of clips of a process, which is wrong where processes have shares
    of other sizes; torchmetrics' either drops NaN or, where told not to, ignores the weights.
    """

    full_state_update = False
    total: Tensor
    n_clips: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.tensor(0.0), dist_reduce_fx="sum")
        self.add_state("n_clips", torch.tensor(0.0), dist_reduce_fx="sum")

    def update(self, loss: Tensor, n_clips: int) -> None:
        """Add the mean loss of a number of clips, a scalar."""
        self.total += loss * n_clips
        self.n_clips += n_clips

    def compute(self) -> Tensor:
        """Return the mean; NaN before the first clip."""
        return self.total / self.n_clips
