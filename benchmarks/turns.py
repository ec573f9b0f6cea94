"""One turn of a front end or a network on a resident batch: forward pass or training step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.contest import Work

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer


def train_step(
    network: nn.Module,
    optimizer: Optimizer,
    spectrogram: Tensor,
    features: Tensor,
    labels: Tensor,
) -> None:
    """Do one training step with the spec's loss."""
    from instrument_net.learning.loss import cross_entropy

    optimizer.zero_grad()
    cross_entropy(network(spectrogram, features), labels).backward()
    optimizer.step()


def training_turn(
    network: nn.Module, spectrogram: Tensor, features: Tensor, *, n_classes: int
) -> Work:
    """Return a turn of one training step with the spec's Adam and random labels."""
    import torch

    from instrument_net.learning.optimizer import spec_adam

    labels = torch.randint(n_classes, (len(features),))
    optimizer = spec_adam(network.parameters())

    def work() -> int:
        train_step(network, optimizer, spectrogram, features, labels)
        return len(features)

    return work


def front_end_turn(front_end: nn.Module, waveforms: Tensor) -> Work:
    """Return a turn through a front end without gradients."""
    import torch

    def work() -> int:
        with torch.inference_mode():
            front_end(waveforms)
        return len(waveforms)

    return work


def prediction_turn(network: nn.Module, spectrogram: Tensor, features: Tensor) -> Work:
    """Return a turn of one forward pass without gradients."""
    import torch

    def work() -> int:
        with torch.inference_mode():
            network(spectrogram, features)
        return len(features)

    return work
