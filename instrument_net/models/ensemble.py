"""Several networks of one kind, trained side by side, that answer as one."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from instrument_net.models.network import Network


class Ensemble(Network):
    """Networks that differ in the weights they were drawn with; their logits are averaged.

    Averaged logits are the geometric mean of the members' probabilities, normalised. Each member
    has a loss of its own in training (see :func:`members_of`): what is averaged has then learnt
    the task alone, as an ensemble's members must to differ.

    Args:
        members: At least two networks of the same classes and inputs.

    Attributes:
        members: These networks.

    Raises:
        ValueError: If there are fewer than two, or their classes or inputs differ.

    References:
        Lakshminarayanan et al., "Simple and scalable predictive uncertainty estimation using deep
        ensembles", NeurIPS 2017. There the members' batches differ, too; here all see the same.
    """

    def __init__(self, members: Sequence[Network]) -> None:
        kinds = {(each.n_classes, each.n_features, each.spectrogram_shape) for each in members}
        if len(members) < 2 or len(kinds) > 1:
            raise ValueError(
                "an ensemble needs two or more networks of the same classes and inputs, got "
                f"{len(members)} with (n_classes, n_features, spectrogram_shape) {sorted(kinds)}"
            )
        ((n_classes, n_features, spectrogram_shape),) = kinds
        super().__init__(n_classes, n_features, spectrogram_shape=spectrogram_shape)
        self.members = nn.ModuleList(members)

    def logits(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return the mean of the members' logits, of inputs that have been checked."""
        return averaged([member(spectrogram, features) for member in self.members])


def averaged(answers: Sequence[Tensor]) -> Tensor:
    """Return the logits of an ensemble.

    Args:
        answers: Each member's logits, ``(batch, n_classes)``.
    """
    return torch.stack(list(answers)).mean(dim=0)


def members_of(network: nn.Module) -> list[nn.Module]:
    """Return the networks that an ensemble consists of, or a single network itself.

    Args:
        network: Of any kind.
    """
    return list(network.members) if isinstance(network, Ensemble) else [network]
