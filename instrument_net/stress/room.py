"""Room: the same sound, further from the microphone."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from instrument_net.augmentation.reverberation import convolve, room_impulse_response
from instrument_net.stress.draws import draws_of


def reverberate(
    clip: Tensor, *, rt60_s: float, direct_to_reverberant_db: float, sample_rate_hz: int
) -> Tensor:
    """Return a clip in a room that is drawn for it; its onset does not move.

    Args:
        clip: ``(1, samples)``, on the CPU.
        rt60_s: Time in which the reverberation decays by 60 dB, in seconds.
        direct_to_reverberant_db: Energy of the direct sound over that of the reverberation, in
            decibel.
        sample_rate_hz: Of the clip.

    Returns:
        ``(1, samples)``.
    """
    with draws_of(clip):
        response = room_impulse_response(
            torch.tensor([rt60_s]),
            torch.tensor([direct_to_reverberant_db]),
            num_samples=math.ceil(rt60_s * sample_rate_hz),
            sample_rate_hz=sample_rate_hz,
        )
    return convolve(clip, response)
