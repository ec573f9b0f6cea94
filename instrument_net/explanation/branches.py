"""A network split at its branches: each can be evaluated without the other."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.models import members_of

# Branch -> the attribute of a network that holds it.
_ATTRIBUTES = {"spectrogram": "spectrogram_branch", "features": "perceptron_branch"}


class DissectedNetwork:
    """A network whose branches' activations can be replaced by others.

    Works on a private copy, in evaluation mode and without gradients of parameters: the network
    itself keeps its mode, gradients and hooks, and can be used at the same time.

    The network is called with (spectrogram, features) and has the attributes
    ``spectrogram_branch``, the only module that reads the spectrogram, and ``perceptron_branch``,
    the only one that reads the features, or one of them: see
    :class:`~instrument_net.models.network.Network`. Each returns one tensor, batch first. Of an
    :class:`~instrument_net.models.Ensemble`, each member is split; a branch is then that of all
    members, its activations those of the members side by side.

    Args:
        network: (spectrogram, features) -> logits, on any device.

    Attributes:
        branches: ``spectrogram`` and ``features``, as far as the network has them -> modules of the
            copy, one a member.

    Raises:
        InputError: If the network has neither branch.
    """

    def __init__(self, network: nn.Module) -> None:
        with torch.inference_mode(False):
            self._network = copy.deepcopy(network).eval().requires_grad_(False)
        members = members_of(self._network)
        self.branches: dict[str, list[nn.Module]] = {
            name: [getattr(member, attribute) for member in members]
            for name, attribute in _ATTRIBUTES.items()
            if getattr(members[0], attribute, None) is not None
        }
        if not self.branches:
            raise InputError(
                f"{type(members[0]).__name__} cannot be explained: it has neither of the "
                f"attributes {' and '.join(_ATTRIBUTES.values())}"
            )
        self._switches = {
            name: [_Switch(branch) for branch in branches]
            for name, branches in self.branches.items()
        }
        for name, switches in self._switches.items():
            for member, switch in zip(members, switches, strict=True):
                setattr(member, _ATTRIBUTES[name], switch)

    def __call__(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return logits ``(batch, n_classes)``, those of the network itself."""
        return self.logits(spectrogram, features)

    def logits(
        self, spectrogram: Tensor, features: Tensor, *, held: Mapping[str, Tensor] | None = None
    ) -> Tensor:
        """Return logits ``(batch, n_classes)``, the activations of some branches held fixed.

        Args:
            spectrogram: ``(batch, 1, bins, frames)``; not read where its branch is held.
            features: ``(batch, n_features)``; not read where their branch is held.
            held: Branch -> activations ``(batch, ...)`` that replace what it would compute.
        """
        for name, switches in self._switches.items():
            own = (held or {}).get(name)
            shares = [None] * len(switches) if own is None else own.chunk(len(switches), dim=1)
            for switch, share in zip(switches, shares, strict=True):
                switch.held = share
        logits: Tensor = self._network(spectrogram, features)
        return logits

    def activations(self, spectrogram: Tensor, features: Tensor) -> dict[str, Tensor]:
        """Return the activations of each branch, ``(batch, ...)``, without gradients."""
        with torch.no_grad():
            self.logits(spectrogram, features)
        return {
            name: torch.cat([switch.activations for switch in switches], dim=1)
            for name, switches in self._switches.items()
        }


class _Switch(nn.Module):
    """A branch that is not computed where its activations are given."""

    held: Tensor | None
    activations: Tensor

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch
        self.held = None

    def forward(self, *inputs: Any) -> Tensor:
        """Return the activations, and remember them."""
        self.activations = self.branch(*inputs) if self.held is None else self.held
        return self.activations


def branch_logits(
    network: DissectedNetwork, spectrogram: Tensor, features: Tensor
) -> dict[str, Tensor]:
    """Return the logits with both branches, and with the activations of either set to zero.

    This is not the accuracy of a network that is trained with one branch: here, the output layer
    was trained on both.

    Args:
        network: With one branch or both.
        spectrogram: ``(batch, 1, bins, frames)``.
        features: ``(batch, n_features)``.

    Returns:
        ``both``, ``spectrogram alone`` and ``features alone``, each ``(batch, n_classes)``; of a
        network with a single branch, that one ``alone``, which is the network itself.
    """
    activations = network.activations(spectrogram, features)
    zeros = {name: torch.zeros_like(values) for name, values in activations.items()}
    held = {f"{name} alone": {**zeros, name: activations[name]} for name in activations}
    if len(activations) > 1:
        held = {"both": activations, **held}
    with torch.no_grad():
        return {
            name: network.logits(spectrogram, features, held=values)
            for name, values in held.items()
        }
