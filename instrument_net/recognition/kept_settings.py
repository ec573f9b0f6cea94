"""The settings that a checkpoint keeps, of this version or of an older one -> as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instrument_net.errors import InputError
from instrument_net.frontend import FEATURE_NAMES

# Version 0.1 kept the settings of the front end side by side, and not the names of the features.
_OF_FEATURES_0_1 = ("n_fft", "hop_length", "n_bins", "n_mels")
_OF_SCALE_0_1 = ("scale", "top_db", "pcen_gain")
_FEATURE_NAMES_0_1 = (
    "rms", "zero_crossing_rate", "temporal_centroid_s",
    *(f"autocorrelation_{k}" for k in range(1, 5)),
    *(f"mfcc_{k}" for k in range(1, 13)),
    "spectral_centroid_hz",
)  # fmt: skip


def current_settings(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``class_names``, ``network`` and ``front_end`` as this version takes them.

    Args:
        kept: The same three, as a checkpoint or an exported file keeps them, and
            ``feature_names``; anything else is left aside.

    Raises:
        InputError: If the network was trained on other features than this version computes.
    """
    network, front_end = dict(kept["network"]), dict(kept["front_end"])
    feature_names = kept.get("feature_names", FEATURE_NAMES)
    if front_end.keys() & {*_OF_FEATURES_0_1, *_OF_SCALE_0_1}:
        front_end = _nested(front_end)
        feature_names = _FEATURE_NAMES_0_1
    if network["name"] == "PerceptronNet":
        network.pop("filters", None)  # of version 0.1, where it had no effect
    _refuse_other_features(feature_names)
    return {"class_names": list(kept["class_names"]), "network": network, "front_end": front_end}


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    spectrogram = dict(flat.pop("spectrogram", None) or {"name": "stft"})
    spectrogram |= {key: flat.pop(key) for key in _OF_SCALE_0_1 if key in flat}
    features = {key: flat.pop(key) for key in _OF_FEATURES_0_1 if key in flat}
    return {**flat, "features": features, "spectrogram": spectrogram}


def _refuse_other_features(feature_names: Sequence[str]) -> None:
    if tuple(feature_names) == FEATURE_NAMES:
        return
    differences = {
        "only there": [name for name in feature_names if name not in FEATURE_NAMES],
        "only here": [name for name in FEATURE_NAMES if name not in feature_names],
    }
    described = "; ".join(f"{k}: {', '.join(names)}" for k, names in differences.items() if names)
    raise InputError(
        "its network was trained on other features than this version of instrument_net computes "
        f"({described or 'the same in another order'}): train it again, or use the version that "
        "it was trained with"
    )
