"""Triangles on the mel scale."""

from __future__ import annotations

import math
import warnings

import torch
from torch import Tensor
from torchaudio.functional import melscale_fbanks

from instrument_net.errors import InputError


def mel_filters(
    *, sample_rate_hz: int, n_fft: int, n_bins: int, n_mels: int, f_min_hz: float, f_max_hz: float
) -> Tensor:
    """Return HTK-scale triangles of height 1, without area normalisation.

    Args:
        sample_rate_hz: Of the waveform.
        n_fft: Transform length of the spectra.
        n_bins: Bins in a spectrum, from 0 Hz up.
        n_mels: How many triangles.
        f_min_hz: Where the first one begins.
        f_max_hz: Where the last one ends.

    Returns:
        ``(n_bins, n_mels)``, >= 0.

    Raises:
        InputError: If there are so many that a triangle falls between two bins.
    """
    with warnings.catch_warnings():
        # Of an empty triangle torchaudio only warns; it is refused below.
        warnings.simplefilter("ignore", UserWarning)
        filters: Tensor = melscale_fbanks(
            n_fft // 2 + 1,
            f_min=f_min_hz,
            f_max=f_max_hz,
            n_mels=n_mels,
            sample_rate=sample_rate_hz,
            norm=None,
            mel_scale="htk",
        )
    # torchaudio lays bins out from 0 to half the rate, so the cut comes after.
    filters = filters[:n_bins].contiguous()
    empty = int((filters.amax(dim=0) == 0).sum())
    if empty:
        raise InputError(
            f"{empty} of n_mels = {n_mels} triangles fall between two of the bins, which are "
            f"{sample_rate_hz / n_fft:.1f} Hz apart: choose a smaller n_mels or a larger n_fft"
        )
    return filters


def mel_centres_hz(*, n_mels: int, f_min_hz: float, f_max_hz: float) -> Tensor:
    """Return the tip of each triangle of :func:`mel_filters` in hertz, ``(n_mels,)``, float64.

    Evenly spaced in ``mel = 2595 log10(1 + f / 700)``, as in HTK.
    """
    low, high = (2595 * math.log10(1 + f / 700) for f in (f_min_hz, f_max_hz))
    mel = torch.linspace(low, high, n_mels + 2, dtype=torch.float64)[1:-1]
    return 700 * (10 ** (mel / 2595) - 1)
