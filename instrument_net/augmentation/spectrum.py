"""Filtering a whole clip by its spectrum."""

from __future__ import annotations

from collections.abc import Callable

import torch
from scipy.fft import next_fast_len
from torch import Tensor

_ROOM_FOR_RINGING = 4096  # samples: what rings on past the end must not come round to the start


def filter_zero_phase(
    waveform: Tensor, gain: Callable[[Tensor], Tensor], *, sample_rate_hz: int
) -> Tensor:
    """Return waveforms whose spectrum is multiplied by a real gain.

    Real, so that no frequency is delayed and the onset stays where it is. The price is that a
    filter rings before as well as after an onset, by the inverse of the width of its steepest
    slope in hertz; a few milliseconds, where the front end's window is 93 ms long.

    Args:
        waveform: ``(batch, samples)``.
        gain: Frequencies in hertz, ``(bins,)``, rising from 0 -> factors, ``(batch, bins)``.
        sample_rate_hz: Of the waveform.

    Returns:
        ``(batch, samples)``. Silence stays silent.
    """
    num_samples = waveform.shape[1]
    n_fft = next_fast_len(num_samples + _ROOM_FOR_RINGING, real=True)
    spectrum = torch.fft.rfft(waveform, n_fft)
    spectrum *= gain(bin_frequencies_hz(n_fft, sample_rate_hz, waveform.device))
    filtered: Tensor = torch.fft.irfft(spectrum, n_fft)[:, :num_samples]
    return filtered


def bin_frequencies_hz(n_fft: int, sample_rate_hz: int, device: torch.device) -> Tensor:
    """Return the frequencies of a real transform, ``(n_fft // 2 + 1,)``, in hertz."""
    frequency_hz: Tensor = torch.fft.rfftfreq(n_fft, d=1 / sample_rate_hz, device=device)
    return frequency_hz
