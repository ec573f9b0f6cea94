"""Settings -> a front end and a network that fit: the one place that builds both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.models import Network, build_network

_DEFAULT_NETWORK = {"name": "TwoBranchNet"}


@dataclass(frozen=True)
class Parts:
    """A front end and an untrained network that fit each other.

    Attributes:
        front_end: Waveforms -> (spectrogram, features).
        network: (spectrogram, features) -> logits, on the CPU and in training mode.
        settings: What a checkpoint keeps to build them again, as plain values: ``class_names``,
            ``network``, ``front_end`` and ``feature_names``.
    """

    front_end: FrontEnd
    network: Network
    settings: dict[str, Any]


def build_parts(
    class_names: Sequence[str],
    *,
    network: Mapping[str, Any] | None = None,
    front_end: Mapping[str, Any] | None = None,
) -> Parts:
    """Return a front end and a network with freshly drawn weights.

    Args:
        class_names: Name of each output, in order.
        network: ``name`` of the network (a key of ``instrument_net.models.NETWORKS``) and its
            options; default: the two-branch network.
        front_end: Arguments of :class:`~instrument_net.frontend.FrontEnd`; default: its own.

    Raises:
        ValueError: If there are fewer than two class names or one stands twice, or network or
            front end refuse their settings.
    """
    if len(set(class_names)) != len(class_names) or len(class_names) < 2:
        raise InputError(f"class_names must be two or more different names, got {class_names}")
    built, options = FrontEnd(**(front_end or {})), dict(network or _DEFAULT_NETWORK)
    settings = {
        "class_names": list(class_names),
        "network": options,
        "front_end": built.settings,
        "feature_names": list(built.feature_names),
    }
    return Parts(
        built,
        build_network(
            **options,
            n_classes=len(class_names),
            n_features=len(built.feature_names),
            spectrogram_shape=built.spectrogram_shape,
        ),
        settings,
    )


def difference_of(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return in words where two settings of a front end or a network differ."""
    keys = sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
    return ", ".join(f"{key}={one.get(key)} against {other.get(key)}" for key in keys)
