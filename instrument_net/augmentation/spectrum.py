"""Filtering a whole clip by its spectrum."""

from __future__ import annotations

from collections.abc import Callable

import torch
from scipy.fft import next_fast_len
from torch import Tensor

_ROOM_FOR_RINGING = 4096  # samples: ringing past the end must not wrap around to the start


def filter_zero_phase(
    waveform: Tensor, gain: Callable[[Tensor], Tensor], *, sample_rate_hz: int
) -> Tensor:
    """Return waveforms whose spectrum is multiplied by a real gain.

    A real gain delays no frequency, so the onset does not move. In return the filter rings before
    an onset as well as after it, for about the inverse of the width of its steepest slope in hertz:
    a few milliseconds, while the front end's window is 93 ms long.

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
