"""Noise: a recording that is not quiet."""

from __future__ import annotations

import torch
from torch import Tensor

from instrument_net.augmentation.noise import add_until_the_end, coloured_noise
from instrument_net.stress.draws import draws_of

_PINK = 1.0


def add_pink_noise(clip: Tensor, *, snr_db: float, sample_rate_hz: int) -> Tensor:
    """Return a clip with pink noise until the end of its recording; its padding stays silent.

    The noise of a clip is the same at every level.

    Args:
        clip: ``(1, samples)``, on the CPU.
        snr_db: Energy of the clip over that of the noise, over all frequencies, in decibel.
        sample_rate_hz: Of the clip.

    Returns:
        ``(1, samples)``.
    """
    with draws_of(clip):
        noise = coloured_noise(
            torch.tensor([_PINK]), num_samples=clip.shape[1], sample_rate_hz=sample_rate_hz
        )
    return add_until_the_end(clip, noise, torch.tensor([snr_db]))
