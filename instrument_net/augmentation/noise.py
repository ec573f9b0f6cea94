"""Noise, as an amplifier, a tape or a room adds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from scipy.fft import next_fast_len
from torch import Tensor, nn

from instrument_net.augmentation.excerpt import sounding_part
from instrument_net.augmentation.per_clip import (
    change_some,
    checked_probability,
    checked_range,
    uniform,
)
from instrument_net.augmentation.spectrum import bin_frequencies_hz

_LOWEST_HZ = 20.0  # below it the noise is white: the power of pink noise is infinite


def coloured_noise(exponent: Tensor, *, num_samples: int, sample_rate_hz: int) -> Tensor:
    """Draw Gaussian noise whose power falls with frequency as ``1 / f ** exponent``.

    Args:
        exponent: 0 is white, 1 is pink (3 dB per octave), 2 is brown, ``(batch,)``.
        num_samples: Length.
        sample_rate_hz: Of the noise.

    Returns:
        ``(batch, num_samples)``, in no particular unit.

    References:
        Timmer and Koenig, "On generating power law noise", Astron. Astrophys. 300, 1995.
    """
    n_fft = next_fast_len(num_samples, real=True)
    frequency_hz = bin_frequencies_hz(n_fft, sample_rate_hz, exponent.device)
    shape = torch.exp(-exponent[:, None] / 2 * frequency_hz.clamp_min(_LOWEST_HZ).log())
    spectrum = torch.view_as_complex(torch.randn(*shape.shape, 2, device=exponent.device))
    spectrum *= shape
    noise: Tensor = torch.fft.irfft(spectrum, n_fft)[:, :num_samples]
    return noise


def add_until_the_end(waveform: Tensor, noise: Tensor, snr_db: Tensor) -> Tensor:
    """Return waveforms with noise from time 0 to the end of the recording.

    That is not the end of the clip: the zeros that pad a short recording stay zero.

    Args:
        waveform: ``(batch, samples)``.
        noise: ``(batch, samples)``.
        snr_db: Energy of the waveform over that of the noise, over all frequencies, in decibel,
            ``(batch,)``.

    Returns:
        ``(batch, samples)``; silence stays silent, as there is no level to refer to.
    """
    _, end = sounding_part(waveform)
    index = torch.arange(waveform.shape[1], device=waveform.device)
    added = noise.masked_fill(index >= end[:, None], 0.0)
    energy = waveform.square().sum(dim=1)
    # torchaudio.functional.add_noise would return NaN for silence, where both energies are 0.
    noise_energy = added.square().sum(dim=1).clamp_min(torch.finfo(added.dtype).tiny)
    factor = (energy / noise_energy).sqrt() * 10 ** (-snr_db / 20)
    return waveform + added.mul_(factor[:, None])


class Noise(nn.Module):
    """Add noise of random colour at a random signal-to-noise ratio.

    Args:
        probability: Of each clip.
        snr_db: Range of the signal-to-noise ratio in decibel, drawn uniformly.
        exponent: Range of the exponent with which power falls with frequency, drawn uniformly; 0 is
            white, 1 is pink.
        sample_rate_hz: Of the waveforms.

    Raises:
        InputError: If an argument is out of range.
    """

    acts_on: ClassVar = "waveform"

    def __init__(
        self,
        *,
        probability: float,
        snr_db: Sequence[float],
        exponent: Sequence[float],
        sample_rate_hz: int,
    ) -> None:
        super().__init__()
        self.probability = checked_probability(probability)
        self._snr_db = checked_range("snr_db", snr_db)
        self._exponent = checked_range("exponent", exponent)
        self._sample_rate_hz = sample_rate_hz

    def forward(self, waveform: Tensor) -> Tensor:
        """Return waveforms ``(batch, samples)``; silence stays silent."""

        def change(chosen: Tensor) -> Tensor:
            noise = coloured_noise(
                uniform(self._exponent, chosen),
                num_samples=chosen.shape[1],
                sample_rate_hz=self._sample_rate_hz,
            )
            return add_until_the_end(chosen, noise, uniform(self._snr_db, chosen))

        return change_some(change, waveform, probability=self.probability, training=self.training)
