"""Mean and deviation of hidden channels mixed between clips."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from benchmarks.unheard.ideas.idea import Idea
from instrument_net.models import Network

_CONCENTRATION = 0.1  # of the beta distribution
_TINY = 1e-6


class HiddenStyles(Idea):
    """MixStyle behind the first two stages, in half of the batches.

    References:
        Zhou et al., "Domain generalization with MixStyle", ICLR 2021.
    """

    question: ClassVar[str] = "MixStyle behind the first two stages"
    probability: ClassVar[float] = 0.5

    def attach(self, network: Network) -> None:
        """Let the stages' outputs be mixed in training."""
        stages = network.spectrogram_branch.convolutions  # type: ignore[union-attr]
        for stage in (stages[1], stages[2]):
            stage.register_forward_hook(self._mix)

    def _mix(self, stage: nn.Module, _: Any, maps: Tensor) -> Tensor:
        if not stage.training or torch.rand(()) >= self.probability:
            return maps
        order = torch.randperm(len(maps))
        beta = torch.distributions.Beta(_CONCENTRATION, _CONCENTRATION)
        share = beta.sample((len(maps), 1, 1, 1)).to(maps.dtype)
        return mixed_style(maps, order, share)


def mixed_style(maps: Tensor, order: Tensor, share: Tensor) -> Tensor:
    """Return maps at mean and deviation between their own and another clip's.

    Args:
        maps: ``(batch, channels, height, width)``.
        order: The other clip of each.
        share: Of its own, ``(batch, 1, 1, 1)``.
    """
    mean = maps.mean(dim=(2, 3), keepdim=True).detach()
    deviation = (maps.var(dim=(2, 3), keepdim=True) + _TINY).sqrt().detach()
    new_mean = share * mean + (1 - share) * mean[order]
    new_deviation = share * deviation + (1 - share) * deviation[order]
    return (maps - mean) / deviation * new_deviation + new_mean
