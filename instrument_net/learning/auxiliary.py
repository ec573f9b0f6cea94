"""Classes that are learnt beside the others and are no outputs: what else there is to hear."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from instrument_net.models import Network, members_of


class AuxiliaryOutputs(nn.Module):
    """Further logits of the training, from the vectors that the network's own output reads.

    Clips of other instruments make the network learn what tells instruments apart, from more
    sources than its own classes have. The layer is trained with the network and is no part of it:
    validation, tests and predictions know nothing of it.

    Args:
        network: Whose members each have an output layer.
        n_classes: Auxiliary classes; 0: there are none, and this changes nothing.
    """

    def __init__(self, network: nn.Module, n_classes: int) -> None:
        super().__init__()
        self.n_classes = n_classes
        outputs = [member.output for member in _members(network)] if n_classes else []
        self.layers = nn.ModuleList(
            nn.Linear(output.in_features, n_classes) for output in outputs if output is not None
        )

    def answers(self, network: nn.Module, spectrogram: Tensor, features: Tensor) -> list[Tensor]:
        """Return the logits of each member, ``(batch, own classes + auxiliary ones)``.

        Args:
            network: That this was made for.
            spectrogram: As the network takes it.
            features: Likewise.
        """
        members = _members(network)
        if not self.n_classes:
            return [member(spectrogram, features) for member in members]
        seen = [member.embedding(spectrogram, features) for member in members]
        return [
            torch.cat([cast("nn.Linear", member.output)(vector), layer(vector)], dim=1)
            for member, layer, vector in zip(members, self.layers, seen, strict=True)
        ]

    def without(self, logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits and labels of the clips that are of no auxiliary class, without these.

        Args:
            logits: ``(batch, own classes + auxiliary ones)``.
            labels: Class of each clip, int64 ``(batch,)``; the auxiliary ones are the last.
        """
        if not self.n_classes:
            return logits, labels
        n_own = logits.shape[1] - self.n_classes
        own = labels < n_own
        return logits[own, :n_own], labels[own]


def _members(network: nn.Module) -> list[Network]:
    return cast("list[Network]", members_of(network))
