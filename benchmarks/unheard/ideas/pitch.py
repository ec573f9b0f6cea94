"""The pitch of a note, as something to name or something to know."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from benchmarks.unheard.ideas.clips import Clips, Part
from benchmarks.unheard.ideas.idea import Idea, embedding_of, logits_of
from instrument_net.models import Network

_MIDDLE, _RANGE = 60.0, 24.0  # MIDI
_UNITS = 32
_DROPPED = 0.3  # of the training clips do not tell their pitch


class PitchNamed(Idea):
    """A second output says the pitch; clips whose pitch is not known do not count."""

    question: ClassVar[str] = "pitch as a second output"
    weight: ClassVar[float] = 0.3

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        self.modules.append(nn.Linear(int(clips.config.model.dense_units), 3))
        self._codes = pitch_codes(clips.train.pitches)

    def further_loss(self, embeddings: Tensor, rows: list[int]) -> Tensor:
        """Return the mean distance from the code of the pitch."""
        codes = self._codes[rows]
        known = codes[:, 3:]
        distance = (self.modules[0](embeddings).float() - codes[:, :3]).abs() * known
        loss: Tensor = self.weight * distance.sum() / known.sum().clamp_min(1)
        return loss


class PitchKnown(Idea):
    """The true pitch is an input, in tests too: the most that an estimate of it can give."""

    question: ClassVar[str] = "the true pitch as an input, in tests too (where it is known)"

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips)
        self._codes = pitch_codes(clips.train.pitches)

    def attach(self, network: Network) -> None:
        """Add layers that read vector and pitch."""
        width = int(self.clips.config.model.dense_units)
        last = nn.Linear(_UNITS, width)
        nn.init.zeros_(last.weight)  # at first the network is what it was without them
        nn.init.zeros_(last.bias)
        network.with_pitch = nn.Sequential(nn.Linear(width + 4, _UNITS), nn.ReLU(), last)

    def loss(self, network: Network, spectrograms: Tensor, rows: list[int]) -> Tensor:
        """Return the loss of a batch, part of which does not tell its pitch."""
        told = (torch.rand(len(rows), 1) >= _DROPPED).float()
        embeddings = embedding_of(network, spectrograms)
        return self.classification(_logits(network, embeddings, self._codes[rows] * told), rows)

    def probabilities(self, network: Network, part: Part) -> Tensor:
        """Return those of the clips with their pitches."""
        embeddings = self.embeddings(network, part.spectrograms)
        return _logits(network, embeddings, pitch_codes(part.pitches)).softmax(dim=1)


def pitch_codes(pitches: Tensor) -> Tensor:
    """Return sine and cosine of the pitch class, height, and 1 if the pitch is known.

    Args:
        pitches: MIDI numbers, ``(n_clips,)``, NaN where not known.

    Returns:
        ``(n_clips, 4)``, zeros where not known.
    """
    angle = 2 * torch.pi * pitches / 12
    height = (pitches - _MIDDLE) / _RANGE
    codes = torch.stack([angle.sin(), angle.cos(), height, torch.ones_like(height)], dim=1)
    return codes.where(pitches.isfinite()[:, None], 0)


def _logits(network: Network, embeddings: Tensor, codes: Tensor) -> Tensor:
    added: Tensor = network.with_pitch(torch.cat([embeddings, codes.to(embeddings)], dim=1))  # type: ignore[operator]
    return logits_of(network, embeddings + added)
