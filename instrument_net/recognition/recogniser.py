"""Waveform -> named probabilities: all that a trained checkpoint needs to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.models import build_network


class CheckpointError(InputError):
    """A checkpoint that cannot be used; the message names the file and the reason."""


class Recogniser(nn.Module):
    """Front end, network and softmax in one: the form in which a network is used and exported.

    Args:
        front_end: Waveforms -> (spectrogram, features).
        network: (spectrogram, features) -> logits.
        class_names: Name of each output, in order.
    """

    def __init__(self, front_end: FrontEnd, network: nn.Module, class_names: Sequence[str]) -> None:
        super().__init__()
        self.front_end = front_end
        self.network = network
        self.class_names = tuple(class_names)
        self.settings: dict[str, Any] = {}

    @classmethod
    def from_checkpoint(cls, path: str | Path) -> Self:
        """Return the recogniser that a checkpoint of a training run holds, in evaluation mode.

        Needs neither the corpus nor the configuration of the run, and imports no Lightning. The
        file is read as tensors and plain values only: it cannot run code.

        Raises:
            CheckpointError: If the file is missing, damaged, holds anything but tensors and plain
                values, or is no checkpoint of this project.
        """
        path = Path(path)
        if not path.is_file():
            raise CheckpointError(f"{path}: no such checkpoint; runs keep theirs in checkpoints/")
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # whatever the reader stumbles over in bytes that are no archive
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise CheckpointError(
                f"{path}: no checkpoint, damaged, or not of plain values alone: {reason}"
            ) from error
        try:
            settings = content["hyper_parameters"]
            weights = content["state_dict"]
            recogniser = cls.from_settings(settings)
            prefix = "network."
            recogniser.network.load_state_dict(
                {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
            )
        except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
            raise CheckpointError(
                f"{path}: not a checkpoint of instrument_net.train: {type(error).__name__} {error}"
            ) from error
        return recogniser

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Return an untrained recogniser from the settings that a checkpoint keeps.

        Args:
            settings: ``class_names``, ``network`` (name and options) and ``front_end``.
        """
        front_end = FrontEnd(**settings["front_end"])
        network = build_network(
            **settings["network"],
            n_classes=len(settings["class_names"]),
            n_features=len(front_end.feature_names),
            spectrogram_shape=front_end.spectrogram_shape,
        )
        recogniser = cls(front_end, network, settings["class_names"]).eval()
        recogniser.settings = {k: settings[k] for k in ("class_names", "network", "front_end")}
        return recogniser

    @property
    def duration_s(self) -> float:
        """Return how many seconds of sound one window holds."""
        return self.front_end.num_samples / self.front_end.sample_rate_hz

    def forward(self, waveform: Tensor) -> Tensor:
        """Return probabilities ``(batch, n_classes)``, rows sum to 1, also for silence.

        Args:
            waveform: ``(batch, num_samples)`` at the front end's sample rate, any gain.
        """
        logits: Tensor = self.network(*self.front_end(waveform))
        return logits.softmax(dim=1)
