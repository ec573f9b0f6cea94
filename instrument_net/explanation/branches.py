"""A network taken apart at its branches: each can be heard without the other."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

# Branch -> attribute by which a network says that it has it.
_ATTRIBUTES = {"spectrogram": "spectrogram_branch", "features": "perceptron_branch"}


class DissectedNetwork:
    """A network whose branches can be given other activations than their own.

    Works on a private copy, in evaluation mode and without gradients of parameters: the network
    itself keeps its mode, gradients and hooks, and may serve others meanwhile.

    Any network will do that is called with (spectrogram, features) and says what it has by its
    attributes: ``spectrogram_branch``, the only place where it reads the spectrogram, and
    ``perceptron_branch``, the only one where it reads the features. Both are modules that return
    one tensor, batch first.

    Args:
        network: (spectrogram, features) -> logits, on any device.

    Attributes:
        branches: ``spectrogram`` and ``features``, as far as the network has them, with the
            copy's modules.

    Raises:
        ValueError: If the network has neither branch.
    """

    def __init__(self, network: nn.Module) -> None:
        with torch.inference_mode(False):
            self._network = copy.deepcopy(network).eval().requires_grad_(False)
        self.branches: dict[str, nn.Module] = {
            name: getattr(self._network, attribute)
            for name, attribute in _ATTRIBUTES.items()
            if hasattr(self._network, attribute)
        }
        if not self.branches:
            raise ValueError(
                f"{type(network).__name__} cannot be explained: it has neither of the attributes "
                f"{' and '.join(_ATTRIBUTES.values())}"
            )
        self._held: Mapping[str, Tensor] = {}
        self._heard: dict[str, Tensor] = {}
        for name, branch in self.branches.items():
            # Not a hook: a held branch need not be computed.
            setattr(branch, "forward", self._replaceable(name, branch.forward))  # noqa: B010

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
        self._held = held or {}
        logits: Tensor = self._network(spectrogram, features)
        return logits

    def activations(self, spectrogram: Tensor, features: Tensor) -> dict[str, Tensor]:
        """Return what each branch hands on, ``(batch, ...)``, without gradients."""
        with torch.no_grad():
            self.logits(spectrogram, features)
        heard, self._heard = self._heard, {}
        return heard

    def _replaceable(self, name: str, forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def replaceable(*inputs: Any) -> Tensor:
            self._heard[name] = self._held[name] if name in self._held else forward(*inputs)
            return self._heard[name]

        return replaceable


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
