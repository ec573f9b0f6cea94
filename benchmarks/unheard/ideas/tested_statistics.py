"""Batch normalisation with the statistics of the source that is tested."""

from __future__ import annotations

from copy import deepcopy
from typing import ClassVar

import torch
from torch import Tensor, nn

from benchmarks.unheard.ideas.clips import Part
from benchmarks.unheard.ideas.idea import Idea
from instrument_net.models import Network


class TestedStatistics(Idea):
    """Mean and variance of each channel over all tested clips of the same source.

    The clips of a source are seen together, without their labels: what a user with a folder of
    files has, and one with a single file has not.

    References:
        Nado et al., "Evaluating prediction-time batch normalization for robustness under covariate
        shift", 2020; with a share: Schneider et al., NeurIPS 2020.
    """

    question: ClassVar[str] = "batch normalisation by the tested source's own statistics"
    trains = False
    share: ClassVar[float] = 1.0  # of the tested source; the rest is the training's

    def probabilities(self, network: Network, part: Part) -> Tensor:
        """Return them, source by source."""
        result = torch.empty(len(part.table), len(part.class_names))
        for source in part.sources.unique():
            rows = (part.sources == source).nonzero()[:, 0]
            adapted = deepcopy(network)
            norms = [one for one in adapted.modules() if isinstance(one, nn.BatchNorm2d)]
            for norm in norms:
                norm.train()
                norm.momentum = self.share
            # All at once: several batches would each count as the whole source.
            adapted.embedding(self.inputs(part.spectrograms[rows].float()), torch.empty(0))
            result[rows] = self.logits(adapted.eval(), part.spectrograms[rows]).softmax(dim=1)
        return result


class HalfTestedStatistics(TestedStatistics):
    """Half of the training's statistics."""

    question: ClassVar[str] = (
        "batch normalisation, half of it by the tested source's own statistics"
    )
    share = 0.5


class TenthTestedStatistics(TestedStatistics):
    """Most of the training's statistics."""

    question: ClassVar[str] = "... a tenth of it"
    share = 0.1
