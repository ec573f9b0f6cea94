"""What each feature of the perceptron branch adds to a class's logit."""

from __future__ import annotations

import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from instrument_net.explanation.branches import DissectedNetwork
from instrument_net.models import FeatureScaling

_N_STEPS = 256


def feature_contributions(
    network: DissectedNetwork, spectrogram: Tensor, features: Tensor, target: Tensor
) -> Tensor:
    """Return by how much each feature moves the target's logit away from that of mean features.

    Integrated gradients from the mean features of the training split to those of the clip; the
    spectrogram stays that of the clip. The contributions sum to logit(features) - logit(mean), up
    to the error of the integration (midpoint rule, 256 steps).

    Args:
        network: With the branch ``features``; the mean is that of its
            :class:`~instrument_net.models.FeatureScaling`, or zero where it has none.
        spectrogram: ``(batch, 1, bins, frames)``.
        features: ``(batch, n_features)`` in their own units.
        target: Class index of each clip, int64 ``(batch,)``.

    Returns:
        ``(batch, n_features)`` in units of the logit; 0 for a feature at its mean.

    References:
        Sundararajan et al., "Axiomatic attribution for deep networks", ICML 2017.
    """
    with torch.inference_mode(False):
        others = network.activations(spectrogram, features)
        others.pop("features")

        # The spectrogram stays the same along the whole path: its branch is computed once.
        def logits(features: Tensor, *activations: Tensor) -> Tensor:
            unread = spectrogram[:1].expand(len(features), -1, -1, -1)
            held = dict(zip(others, activations, strict=True))
            return network.logits(unread, features, held=held)

        contributions: Tensor = IntegratedGradients(logits).attribute(
            features,
            training_mean(network, features).expand_as(features),
            target,
            additional_forward_args=tuple(others.values()),
            n_steps=_N_STEPS,
            method="riemann_middle",
        )
    return contributions.detach()


def training_mean(network: DissectedNetwork, features: Tensor) -> Tensor:
    """Return the mean of each feature over the training split, ``(n_features,)``."""
    for module in network.branches["features"][0].modules():  # the same in all members
        if isinstance(module, FeatureScaling):
            return module.mean
    return torch.zeros_like(features[0])
