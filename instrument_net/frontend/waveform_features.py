"""Features read off the waveform itself: strength, noisiness, centre of gravity, repetition."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from instrument_net.frontend.ratio import ratio


def rms(waveform: Tensor) -> Tensor:
    """Return the root mean square amplitude ``(batch,)`` of waveforms ``(batch, samples)``.

    In the unit of the waveform, >= 0; 0 for silence.
    """
    return _root(waveform.square().mean(dim=-1))


def zero_crossing_rate(waveform: Tensor) -> Tensor:
    """Return sign changes per sample ``(batch,)`` of waveforms ``(batch, samples)``.

    ``1/2 sum |sign x[i] - sign x[i-1]| / (M - 1)`` with sign 0 = 0, in [0, 1]; 0 for silence.
    Piecewise constant, so its gradient is 0.
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
    return ratio((magnitude * sample_s).sum(dim=-1), magnitude.sum(dim=-1))


def autocorrelation(waveform: Tensor, *, n_lags: int) -> Tensor:
    """Return the normalised autocorrelation at lags 1 to ``n_lags`` samples.

    ``sum x[i] x[i+k] / (sqrt(sum_{i<M-k} x[i]^2) sqrt(sum_{i>=k} x[i]^2))``, so that a lag's value
    is the cosine between the signal and its shifted self.

    Args:
        waveform: ``(batch, samples)``.
        n_lags: How many lags, each one sample more.

    Returns:
        ``(batch, n_lags)`` in [-1, 1]; 0 for silence.

    Raises:
        ValueError: If the waveform has no more samples than lags are asked for.
    """
    if waveform.shape[-1] <= n_lags:
        raise ValueError(
            f"{n_lags} lags need more than {n_lags} samples, "
            f"waveform has shape {tuple(waveform.shape)}"
        )
    # The samples that all lags share are summed once, and each lag adds its few others. Adding,
    # because taking the edge's energy from the whole signal's would cancel where the edge holds
    # nearly all of it (a click on the first sample). And sums rather than
    # torch.linalg.vector_norm, which adds without pairing: 5e-5 off.
    n, end = n_lags, waveform.shape[-1]
    left, energy = waveform[:, :-n], waveform.square()
    shared = [(left * waveform[:, k : end - n + k]).sum(dim=-1) for k in range(1, n + 1)]
    # What each lag adds: a row for every lag, 0 where one of the two samples lies outside.
    first = waveform[:, -n:]
    partners = F.pad(first, (0, n)).unfold(1, n, 1)[:, 1:]  # (batch, lag, sample)
    inside = waveform.new_ones(n, n).triu(1)
    product = torch.stack(shared, dim=-1) + (first[:, None] * partners).sum(dim=-1)
    until = energy[:, :-n].sum(dim=-1, keepdim=True)
    until = until + (energy[:, None, -n:] * inside.flip(1)).sum(dim=-1)
    since = energy[:, n:].sum(dim=-1, keepdim=True)
    since = since + (energy[:, None, :n] * inside).sum(dim=-1)
    return ratio(product, _root(until) * _root(since)).clamp(-1, 1)


def _root(energy: Tensor) -> Tensor:
    if not energy.requires_grad:
        return energy.sqrt()
    # At 0 the gradient of a square root is infinite; silence must not make it NaN.
    silent = energy == 0
    return torch.where(silent, 0.0, torch.where(silent, 1.0, energy).sqrt())
