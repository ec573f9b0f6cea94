"""(spectrogram, features) -> logits: the networks, one per file, all called the same way."""

from typing import Any

from instrument_net.errors import InputError
from instrument_net.models.ensemble import Ensemble, averaged, members_of
from instrument_net.models.feature_scaling import FeatureScaling
from instrument_net.models.inverted_residual_net import InvertedResidualNet
from instrument_net.models.network import Network
from instrument_net.models.perceptron_net import PerceptronNet
from instrument_net.models.plain_cnn import PlainCnn
from instrument_net.models.residual_net import ResidualNet
from instrument_net.models.spectrogram_net import SpectrogramNet
from instrument_net.models.two_branch import TwoBranchNet
from instrument_net.spelling import hint

__all__ = [
    "NETWORKS",
    "Ensemble",
    "FeatureScaling",
    "InvertedResidualNet",
    "Network",
    "PerceptronNet",
    "PlainCnn",
    "ResidualNet",
    "SpectrogramNet",
    "TwoBranchNet",
    "averaged",
    "build_network",
    "members_of",
]

# A closed table: a checkpoint stores a name and options, and loading it can only build these.
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


def build_network(name: str, *, n_members: int = 1, **options: Any) -> Network:
    """Return a new network by its class name.

    Args:
        name: A key of :data:`NETWORKS`, for example ``"TwoBranchNet"``.
        n_members: Number of such networks; from 2 on they form one
            :class:`~instrument_net.models.Ensemble`.
        **options: Keyword arguments of that class; ``n_classes`` is required.

    Returns:
        The network with freshly drawn weights, in training mode, on the CPU.

    Raises:
        InputError: If no network has this name (the message names the nearest one), the number of
            members is below 1, or a size is too small.
        TypeError: If the class has no such option.

    >>> network = build_network("ResidualNet", n_classes=3, n_members=2, fusion="gated")
    >>> type(network).__name__, [type(member).__name__ for member in members_of(network)]
    ('Ensemble', ['ResidualNet', 'ResidualNet'])
    >>> build_network("twobranchnet", n_classes=3)
    Traceback (most recent call last):
        ...
    instrument_net.errors.InputError: no network 'twobranchnet': did you mean 'TwoBranchNet'?
    """
    if name not in NETWORKS:
        raise InputError(f"no network {name!r}{hint(name, NETWORKS)}")
    if not (isinstance(n_members, int) and n_members > 0):
        raise InputError(f"n_members is {n_members!r}; expected a whole number, at least 1")
    members = [NETWORKS[name](**options) for _ in range(n_members)]
    return Ensemble(members) if n_members > 1 else members[0]
