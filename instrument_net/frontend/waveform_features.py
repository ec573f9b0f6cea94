"""Features read off the waveform itself: strength, noisiness, centre of gravity, repetition."""

from __future__ import annotations

import torch
from torch import Tensor


def ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """Return ``numerator / denominator``, and 0 where the denominator is 0 (silence)."""
    silent = denominator == 0
    return torch.where(silent, 0.0, numerator / torch.where(silent, 1.0, denominator))


def rms(waveform: Tensor) -> Tensor:
    """Return the root mean square amplitude ``(batch,)`` of waveforms ``(batch, samples)``.

    In the unit of the waveform, >= 0; 0 for silence.
    """
    return waveform.square().mean(dim=-1).sqrt()


def zero_crossing_rate(waveform: Tensor) -> Tensor:
    """Return sign changes per sample ``(batch,)`` of waveforms ``(batch, samples)``.

    ``1/2 sum |sign x[i] - sign x[i-1]| / (M - 1)`` with sign 0 = 0, in [0, 1]; 0 for silence.
    """
    sign = waveform.sign()
    changes = (sign[:, 1:] - sign[:, :-1]).abs_().sum(dim=-1)
    return changes / (2 * (waveform.shape[-1] - 1))


def temporal_centroid_s(waveform: Tensor, sample_s: Tensor) -> Tensor:
    """Return where the sound's weight lies in time, ``(batch,)`` in seconds; 0 for silence.

    Args:
        waveform: ``(batch, samples)``.
        sample_s: Time of each sample in seconds, ``(samples,)``.

    References:
        Peeters et al., "The Timbre Toolbox", J. Acoust. Soc. Am. 130(5), 2011 (there of the
        energy envelope; here of the absolute amplitude).
    """
    magnitude = waveform.abs()
    return ratio(magnitude @ sample_s, magnitude.sum(dim=-1))


def autocorrelation(waveform: Tensor, *, n_lags: int) -> Tensor:
    """Return the normalised autocorrelation at lags 1 to ``n_lags`` samples.

    ``sum x[i] x[i+k] / (sqrt(sum_{i<M-k} x[i]^2) sqrt(sum_{i>=k} x[i]^2))``, so that a lag's value
    is the cosine between the signal and its shifted self.

    Args:
        waveform: ``(batch, samples)``.
        n_lags: How many lags, each one sample more.

    Returns:
        ``(batch, n_lags)`` in [-1, 1]; 0 for silence.
    """
    energy = waveform.square().sum(dim=-1)
    head = waveform[:, :n_lags].square().cumsum(dim=-1)
    tail = waveform[:, -n_lags:].flip(-1).square().cumsum(dim=-1)
    lags = []
    for k in range(1, n_lags + 1):
        product = torch.linalg.vecdot(waveform[:, :-k], waveform[:, k:])
        # Energies of all but the last and all but the first k samples.
        norm = (energy - tail[:, k - 1]).clamp_min(0).sqrt() * (energy - head[:, k - 1]).clamp_min(
            0
        ).sqrt()
        lags.append(ratio(product, norm))
    return torch.stack(lags, dim=-1).clamp(-1, 1)
