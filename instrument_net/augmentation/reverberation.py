"""Reverberation: another small room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from scipy.fft import next_fast_len
from torch import Tensor, nn

from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    log_uniform,
    uniform,
)

_LN_1000 = math.log(1000)  # 60 dB, as an amplitude


def room_impulse_response(
    rt60_s: Tensor, direct_to_reverberant_db: Tensor, *, num_samples: int, sample_rate_hz: int
) -> Tensor:
    """Draw impulse responses: the direct sound, then exponentially decaying Gaussian noise.

    Args:
        rt60_s: Time in which the reverberation decays by 60 dB, in seconds, ``(batch,)``.
        direct_to_reverberant_db: Energy of the direct sound over that of the reverberation, in
            decibel, ``(batch,)``.
        num_samples: Length.
        sample_rate_hz: Of the response.

    Returns:
        ``(batch, num_samples)``; the first sample, the direct sound, is 1.

    References:
        Kuttruff, "Room Acoustics", ch. 4; Moorer, "About this reverberation business", 1979.
    """
    time_s = torch.arange(num_samples, device=rt60_s.device) / sample_rate_hz
    tail = torch.randn(len(rt60_s), num_samples, device=rt60_s.device)
    tail *= torch.exp(-_LN_1000 * time_s / rt60_s[:, None])
    tail[:, 0] = 0
    energy = tail.square().sum(dim=1)
    tail *= (10 ** (-direct_to_reverberant_db / 10) / energy).sqrt()[:, None]
    tail[:, 0] = 1
    return tail


def convolve(waveform: Tensor, response: Tensor) -> Tensor:
    """Return the linear convolution of each clip with its own response, cut to the clip's length.

    ``torchaudio.functional.fftconvolve`` uses a transform of exactly the sum of both lengths, which
    takes 20 times as long where that number has a large prime factor.

    Args:
        waveform: ``(batch, samples)``.
        response: ``(batch, taps)``.
    """
    num_samples = waveform.shape[1]
    n_fft = next_fast_len(num_samples + response.shape[1] - 1, real=True)
    spectrum = torch.fft.rfft(waveform, n_fft)
    spectrum *= torch.fft.rfft(response, n_fft)
    convolved: Tensor = torch.fft.irfft(spectrum, n_fft)[:, :num_samples]
    return convolved


class Reverberation(nn.Module):
    """Place a clip in a random small room; its onset does not move.

    Args:
        probability: Of each clip.
        rt60_s: Range of the reverberation time in seconds, > 0; its logarithm is drawn uniformly.
        direct_to_reverberant_db: Range of the direct sound's energy over the reverberation's, in
            decibel, drawn uniformly.
        sample_rate_hz: Of the waveforms.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(
        self,
        *,
        probability: float,
        rt60_s: Sequence[float],
        direct_to_reverberant_db: Sequence[float],
        sample_rate_hz: int,
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._rt60_s = checked_range("rt60_s", rt60_s, lowest=0.01)
        self._direct_to_reverberant_db = checked_range(
            "direct_to_reverberant_db", direct_to_reverberant_db
        )
        self._sample_rate_hz = sample_rate_hz

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            response = room_impulse_response(
                log_uniform(self._rt60_s, chosen),
                uniform(self._direct_to_reverberant_db, chosen),
                num_samples=math.ceil(self._rt60_s[1] * self._sample_rate_hz),
                sample_rate_hz=self._sample_rate_hz,
            )
            return convolve(chosen, response)

        return change_some(change, waveform, probability=self.probability, training=self.training)
