"""The quotient that silence turns into 0/0."""

from __future__ import annotations

import torch
from torch import Tensor


def ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """Return ``numerator / denominator``, and 0 for 0/0: what silence makes of a ratio.

    The denominator is replaced before the division, so that the gradient of silence is finite too.

    Args:
        numerator: Any shape; 0 wherever the denominator is 0.
        denominator: A shape that broadcasts against the numerator's.
    """
    return numerator / torch.where(denominator == 0, 1.0, denominator)
