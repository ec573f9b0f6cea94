"""Waveform -> named probabilities: all that a trained checkpoint needs to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

from torch import Tensor, nn

from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd
from instrument_net.invocation import command_name
from instrument_net.models.network import Network
from instrument_net.recognition.certainty import KEY, Certainty
from instrument_net.recognition.checkpoint import (
    check_weights,
    network_weights,
    read_checkpoint,
    refusals_naming,
    settings_of,
)
from instrument_net.recognition.kept_settings import current_settings
from instrument_net.recognition.named_checkpoint import PRETRAINED, checkpoint_file
from instrument_net.recognition.parts import build_parts


class Recogniser(nn.Module):
    """Front end, network and softmax in one: the form in which a network is used and exported.

    Args:
        front_end: Waveforms -> (spectrogram, features).
        network: (spectrogram, features) -> logits.
        class_names: Name of each output, in order.

    Attributes:
        settings: What a checkpoint keeps to build front end and network again, as plain values;
            empty for one that was put together from modules.
        certainty: How sure it may be of unseen sources; ``None``: not known. Where it is known, all
            probabilities are scaled by it.
        card: What its file says about its training, plain values; empty where it says nothing.
    """

    def __init__(self, front_end: FrontEnd, network: nn.Module, class_names: Sequence[str]) -> None:
        super().__init__()
        self.front_end = front_end
        self.network = network
        self.class_names = tuple(class_names)
        self.settings: dict[str, Any] = {}
        self.certainty: Certainty | None = None
        self.card: dict[str, Any] = {}

    @classmethod
    def pretrained(cls) -> Self:
        """Return the recogniser that comes with the package: no file and no network is needed.

        What it was trained on, and how well it does, is in its card: ``instrument-net card``.

        >>> recogniser = Recogniser.pretrained()
        >>> len(recogniser.class_names)
        21
        """
        return cls.from_checkpoint(PRETRAINED)

    @classmethod
    def from_checkpoint(cls, path: str | Path) -> Self:
        """Return the recogniser that a checkpoint of a training run holds, in evaluation mode.

        ``path`` may also be the folder of the run, whose best checkpoint it is then; a file that
        ``export --to safetensors`` wrote; or the word ``pretrained``, see :meth:`pretrained`.

        Needs neither the corpus nor the configuration of the run, and imports no Lightning. The
        file is read as tensors and plain values only: it cannot run code.

        Raises:
            CheckpointError: If the file is missing, damaged, holds anything but tensors and plain
                values, is no checkpoint of this project, or its network was trained on other
                features than this version computes.

        >>> from instrument_net.audio import load_waveform
        >>> recogniser = Recogniser.from_checkpoint("best.ckpt")
        >>> recogniser.class_names
        ('flute', 'oboe')
        >>> waveform = load_waveform("clip.wav", num_samples=recogniser.front_end.num_samples)
        >>> recogniser(waveform[None]).shape
        torch.Size([1, 2])
        """
        path = checkpoint_file(path)
        content = read_checkpoint(path)
        settings = settings_of(content, path)
        with refusals_naming(path):
            recogniser = cls.from_settings({**settings, KEY: content.get(KEY)})
            recogniser.network.load_state_dict(network_weights(content))
            check_weights(recogniser.network, path)
            recogniser.card = dict(content.get("card") or {})
        return recogniser

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Return an untrained recogniser, in evaluation mode.

        Args:
            settings: ``class_names``, ``network`` (name and options) and ``front_end``, as a
                checkpoint or an exported file keeps them, and ``certainty``, where they have it.

        Raises:
            ValueError: If network or front end refuse their settings, or an exported network was
                trained on other features than this version computes.
        """
        parts = build_parts(**current_settings(settings))
        recogniser = cls(parts.front_end, parts.network, parts.settings["class_names"]).eval()
        recogniser.settings = parts.settings
        recogniser.certainty = Certainty.kept_in(settings)
        if recogniser.certainty is not None:
            recogniser.settings = {**parts.settings, KEY: recogniser.certainty.plain()}
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
        return self.classify(*self.front_end(waveform))

    def classify(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return probabilities ``(batch, n_classes)`` of what the front end returns."""
        return self.probabilities(self.network(spectrogram, features))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the probabilities of logits ``(batch, n_classes)``, scaled where it is known how.

        All that names a probability of this recogniser goes through here.
        """
        return logits.softmax(dim=1) if self.certainty is None else self.certainty.scaled(logits)

    def sets(self, probabilities: Tensor, coverage: float) -> list[tuple[str, ...]]:
        """Return the classes that are in the set of each clip, the most probable first.

        Args:
            probabilities: ``(n_clips, n_classes)``, as this recogniser gives them.
            coverage: Share of the clips of unseen sources whose set holds the true class.

        Raises:
            InputError: See :meth:`certainty_for`.
        """
        certainty = self.certainty_for(coverage)
        return certainty.named_sets(probabilities, coverage, self.class_names)

    def certainty_for(self, coverage: float) -> Certainty:
        """Return what is known about the certainty, if there are sets of this coverage.

        Raises:
            InputError: If nothing is known, or nothing about this coverage.
        """
        if self.certainty is None:
            raise InputError(
                "no sets: the checkpoint does not say how sure it may be of unseen sources; "
                f"{command_name('calibrate')} CHECKPOINT CROSS_VALIDATION adds it"
            )
        self.certainty.check_coverage(coverage)
        return self.certainty

    def embedding(self, spectrogram: Tensor, features: Tensor) -> Tensor:
        """Return what the output layer reads of the front end's outputs, ``(batch, width)``.

        See :meth:`instrument_net.models.network.Network.embedding`.
        """
        return cast(Network, self.network).embedding(spectrogram, features)
