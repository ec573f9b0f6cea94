"""Steps that look for flat minima."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from benchmarks.unheard.ideas.idea import Idea
from instrument_net.models import Network

_RADIUS = 0.05
_TINY = 1e-12


class SharpnessAware(Idea):
    """The gradient is taken where the loss nearby is highest: twice the arithmetic of a step.

    References:
        Foret et al., "Sharpness-aware minimization", ICLR 2021.
    """

    question: ClassVar[str] = "sharpness-aware minimisation (SAM), twice the arithmetic"

    def step(self, network: Network, optimizer: Optimizer, loss: Callable[[], Tensor]) -> None:
        """Do one step of training."""
        loss().backward()
        weights = [one for one in network.parameters() if one.grad is not None]
        with torch.no_grad():
            gradients = [one.grad for one in weights if one.grad is not None]
            norm = nn.utils.get_total_norm(gradients)
            moves = [_RADIUS / (norm + _TINY) * gradient for gradient in gradients]
            for weight, move in zip(weights, moves, strict=True):
                weight.add_(move)
        optimizer.zero_grad()
        with _fixed_statistics(network):
            loss().backward()
        with torch.no_grad():
            for weight, move in zip(weights, moves, strict=True):
                weight.sub_(move)
        optimizer.step()


class _fixed_statistics:  # noqa: N801
    """Within it, batch normalisation counts no batch: the moved weights' are not those tested."""

    def __init__(self, network: nn.Module) -> None:
        self._norms = [one for one in network.modules() if isinstance(one, nn.BatchNorm2d)]

    def __enter__(self) -> None:
        self._momenta = [norm.momentum for norm in self._norms]
        for norm in self._norms:
            norm.momentum = 0.0

    def __exit__(self, *_: object) -> None:
        for norm, momentum in zip(self._norms, self._momenta, strict=True):
            norm.momentum = momentum
