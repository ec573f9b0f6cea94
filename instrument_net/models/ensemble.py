"""Several networks of one kind, trained side by side, whose logits are averaged."""

from collections.abc import Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.models.network import Network


class Ensemble(Network):
    """Networks that differ in their initial weights; their logits are averaged.

    Averaged logits are the geometric mean of the members' probabilities, normalised. In training
    each member has a loss of its own (see :func:`members_of`): members that learn the task alone
    differ, as those of an ensemble must.

    Args:
        members: At least two networks of the same classes and inputs.

    Attributes:
        members: These networks.
        output: ``None``, as are the branches: each member has its own.

    Raises:
        InputError: If there are fewer than two, or their classes or inputs differ.

    References:
        Lakshminarayanan et al., "Simple and scalable predictive uncertainty estimation using deep
        ensembles", NeurIPS 2017. There the members' batches differ too; here they are the same.
    """

    def __init__(self, members: Sequence[Network]) -> None:
        kinds = {(each.n_classes, each.n_features, each.spectrogram_shape) for each in members}
        if len(members) < 2 or len(kinds) > 1:
            raise InputError(
                "an ensemble needs two or more networks of the same classes and inputs, got "
                f"{len(members)} with (n_classes, n_features, spectrogram_shape) {sorted(kinds)}"
            )
        ((n_classes, n_features, spectrogram_shape),) = kinds
        super().__init__(n_classes, n_features, spectrogram_shape=spectrogram_shape)
        self.members = nn.ModuleList(members)
        self.register_module("output", None)

    def logits(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the mean of the members' logits, of inputs that have been checked."""
        return averaged([member(spectrogram, features) for member in self.members])

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the members' vectors side by side, ``(batch, sum of their widths)``."""
        members = cast(Iterable[Network], self.members)
        return torch.cat([each.embedding(spectrogram, features) for each in members], dim=1)


def averaged(logits: Sequence[Tensor]) -> Tensor:
    """Return the logits of an ensemble.

    Args:
        logits: Those of each member, ``(batch, n_classes)``.
    """
    return torch.stack(list(logits)).mean(dim=0)


def members_of(network: nn.Module) -> list[nn.Module]:
    """Return the networks that an ensemble consists of, or a single network itself.

    Args:
        network: Of any kind.
    """
    return list(network.members) if isinstance(network, Ensemble) else [network]
