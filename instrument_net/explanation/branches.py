"""A network taken apart at its branches: each can be heard without the other."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from instrument_net.models import members_of

# Branch -> attribute by which a network says that it has it.
_ATTRIBUTES = {"spectrogram": "spectrogram_branch", "features": "perceptron_branch"}


class DissectedNetwork:
    """A network whose branches can be given other activations than their own.

    Works on a private copy, in evaluation mode and without gradients of parameters: the network
    itself keeps its mode, gradients and hooks, and may serve others meanwhile.

    Any network will do that is called with (spectrogram, features) and says what it has by its
    attributes: ``spectrogram_branch``, the only place where it reads the spectrogram, and
    ``perceptron_branch``, the only one where it reads the features. Both are modules that it calls
    as a whole, and that return one tensor, batch first. Of an
    :class:`~instrument_net.models.Ensemble`, each member is taken apart; a branch is then that of
    all members at once, and hands on their activations side by side.

    Args:
        network: (spectrogram, features) -> logits, on any device.

    Attributes:
        branches: ``spectrogram`` and ``features``, as far as the network has them, with the
            copy's modules, one a member.

    Raises:
        ValueError: If the network has neither branch.
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
            raise ValueError(
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
        """Return logits ``(batch, n_classes)``, some branches' activations held.

        Args:
            spectrogram: ``(batch, 1, bins, frames)``; not read where its branch is held.
            features: ``(batch, n_features)``; not read where their branch is held.
            held: Branch -> activations ``(batch, ...)`` that stand for what it would compute.
        """
        for name, switches in self._switches.items():
            own = (held or {}).get(name)
            shares = [None] * len(switches) if own is None else own.chunk(len(switches), dim=1)
            for switch, share in zip(switches, shares, strict=True):
                switch.held = share
        logits: Tensor = self._network(spectrogram, features)
        return logits

    def activations(self, spectrogram: Tensor, features: Tensor) -> dict[str, Tensor]:
        """Return what each branch hands on, ``(batch, ...)``, without gradients."""
        with torch.no_grad():
            self.logits(spectrogram, features)
        return {
            name: torch.cat([switch.handed_on for switch in switches], dim=1)
            for name, switches in self._switches.items()
        }


class _Switch(nn.Module):
    """A branch, or given activations instead, for which it need not be computed."""

    held: Tensor | None
    handed_on: Tensor

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch
        self.held = None

    def forward(self, *inputs: Any) -> Tensor:
        """Return the activations, and remember them."""
        self.handed_on = self.branch(*inputs) if self.held is None else self.held
        return self.handed_on


def branch_logits(
    network: DissectedNetwork, spectrogram: Tensor, features: Tensor
) -> dict[str, Tensor]:
    """Return the logits with both branches, and with the activations of either set to zero.

    Zeroed is not retrained: the output layer has learnt to hear both.

    Args:
        network: With one branch or both.
        spectrogram: ``(batch, 1, bins, frames)``.
        features: ``(batch, n_features)``.

    Returns:
        ``both``, ``spectrogram alone`` and ``features alone``, each ``(batch, n_classes)``; of a
        network with a single branch, that one ``alone``, which is the network itself.
    """
    activations = network.activations(spectrogram, features)
    silent = {name: torch.zeros_like(values) for name, values in activations.items()}
    heard = {f"{name} alone": {**silent, name: activations[name]} for name in activations}
    if len(activations) > 1:
        heard = {"both": activations, **heard}
    with torch.no_grad():
        return {
            name: network.logits(spectrogram, features, held=held) for name, held in heard.items()
        }
