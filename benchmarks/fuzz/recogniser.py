"""A small untrained network, for cases that need one."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.fuzz.trial import WrongResultError
from instrument_net.recognition.recogniser import Recogniser

FRONT_END: dict[str, Any] = {
    "n_frames": 80,
    "features": {"n_fft": 512, "hop_length": 256, "n_bins": 83},
}
NETWORKS: tuple[dict[str, Any], ...] = (
    {"name": "TwoBranchNet", "filters": 4, "dense_units": 8},
    {"name": "PerceptronNet", "dense_units": 8, "n_members": 2},
    {"name": "ResidualNet", "filters": 4, "dense_units": 8, "fusion": "gated"},
)
CLASS_NAMES = ["flute", "harp", "oboe"]


def small_recogniser() -> Recogniser:
    """Return a recogniser of three classes for clips of half a second."""
    torch.manual_seed(0)
    return Recogniser.from_settings(
        {"class_names": CLASS_NAMES, "network": NETWORKS[0], "front_end": FRONT_END}
    )


def check_probabilities(probabilities: torch.Tensor, n_classes: int) -> None:
    """Raise if these are no probabilities ``(..., n_classes)``."""
    right = probabilities.shape[-1] == n_classes and bool(torch.isfinite(probabilities).all())
    if not right or not torch.allclose(probabilities.sum(dim=-1), torch.ones(()), atol=1e-4):
        raise WrongResultError(f"probabilities {probabilities.tolist()}")
