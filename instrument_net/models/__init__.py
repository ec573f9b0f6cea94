"""(spectrogram, features) -> logits: the networks, one per file, one shared call."""

from difflib import get_close_matches
from typing import Any

from instrument_net.models.feature_scaling import FeatureScaling
from instrument_net.models.inverted_residual_net import InvertedResidualNet
from instrument_net.models.network import Network
from instrument_net.models.perceptron_net import PerceptronNet
from instrument_net.models.plain_cnn import PlainCnn
from instrument_net.models.residual_net import ResidualNet
from instrument_net.models.spectrogram_net import SpectrogramNet
from instrument_net.models.two_branch import TwoBranchNet

__all__ = [
    "NETWORKS",
    "FeatureScaling",
    "InvertedResidualNet",
    "Network",
    "PerceptronNet",
    "PlainCnn",
    "ResidualNet",
    "SpectrogramNet",
    "TwoBranchNet",
    "build_network",
]

# A closed table: a checkpoint stores a name and options, and reading it can only build these.
NETWORKS: dict[str, type[Network]] = {
    network.__name__: network
    for network in (
        TwoBranchNet,
        SpectrogramNet,
        PerceptronNet,
        PlainCnn,
        ResidualNet,
        InvertedResidualNet,
    )
}


def build_network(name: str, **options: Any) -> Network:
    """Return a new network by its class name.

    Args:
        name: A key of :data:`NETWORKS`, for example ``"TwoBranchNet"``.
        **options: Keyword arguments of that class; ``n_classes`` is always needed.

    Returns:
        The network with freshly drawn weights, in training mode, on the CPU.

    Raises:
        ValueError: If no network has this name; the message lists the names and the nearest one.
    """
    if name not in NETWORKS:
        nearest = get_close_matches(name.lower(), [known.lower() for known in NETWORKS], n=1)
        hint = [f" Did you mean {known}?" for known in NETWORKS if known.lower() in nearest]
        raise ValueError(f"no network {name!r}; known: {', '.join(NETWORKS)}.{''.join(hint)}")
    return NETWORKS[name](**options)
