"""Power -> how far every band stands out from its own recent past."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

_BIAS = 2.0
_EXPONENT = 0.5
_TIME_CONSTANT_S = 0.4
_FLOOR = 1e-8  # of a full-scale sine's power, 80 dB below it: the unit of E


def pcen(energy: Tensor, smoothing: Tensor, *, gain: float) -> Tensor:
    """Return per-channel energy normalisation, ``(E / (1 + M)^gain + 2)^0.5 - 2^0.5``.

    M is E smoothed over time, each band for itself: what stays the same, the colour of a room or a
    microphone and hum, is divided out of every band, the more the closer ``gain`` is to 1.

    Args:
        energy: E, ``(batch, bins, frames)``, >= 0, in units of an inaudible level.
        smoothing: Turns E into M, ``(frames, frames)``; see :func:`smoothing_matrix`.
        gain: Share of a band's level, in decibel, that is divided out, 0 to 1.

    Returns:
        The same shape, >= 0. Silence gives zeros.

    References:
        Wang et al., "Trainable frontend for robust and far-field keyword spotting", ICASSP 2017;
        their values of bias, exponent and time constant. Lostanlen et al., "Per-channel energy
        normalization: why and how", IEEE Signal Process. Lett. 26(1), 2019.
    """
    normalised = energy / (1 + energy @ smoothing) ** gain
    # As librosa writes the difference of two roots: exactly 0 for silence.
    relative = torch.expm1(_EXPONENT * torch.log1p(normalised / _BIAS))
    root: Tensor = _BIAS**_EXPONENT * relative
    return root


def smoothing_coefficient(hop_s: float) -> float:
    """Return s of ``M[t] = (1 - s) M[t - 1] + s E[t]`` for a time constant of 0.4 s.

    Args:
        hop_s: Time between frames in seconds.
    """
    frames = _TIME_CONSTANT_S / hop_s
    return (math.sqrt(1 + 4 * frames**2) - 1) / (2 * frames**2)


def smoothing_matrix(n_frames: int, s: float) -> Tensor:
    """Return the recursion ``M[t] = (1 - s) M[t - 1] + s E[t]``, ``M[0] = E[0]``, as a matrix.

    Args:
        n_frames: Number of frames.
        s: Weight of the newest frame, 0 to 1.

    Returns:
        ``(n_frames, n_frames)``, float64; ``M = E @ matrix`` for E with frames as columns.
    """
    frame = torch.arange(n_frames, dtype=torch.float64)
    age = frame - frame[:, None]  # (of E, of M)
    matrix = torch.where(age >= 0, s * (1 - s) ** age.clamp_min(0), 0.0)
    matrix[0] = (1 - s) ** frame
    return matrix


class Pcen(nn.Module):
    """Remember the smoothing for :func:`pcen`, and bring its result to [0, 1].

    Args:
        n_frames: Number of frames.
        hop_s: Time between frames in seconds.
        full_scale_power: Power of a sine of amplitude 1.
        gain: See :func:`pcen`.
    """

    smoothing: Tensor

    def __init__(
        self, *, n_frames: int, hop_s: float, full_scale_power: float, gain: float
    ) -> None:
        super().__init__()
        self._full_scale_power = full_scale_power
        self._gain = gain
        s = smoothing_coefficient(hop_s)
        self.register_buffer("smoothing", smoothing_matrix(n_frames, s).float(), persistent=False)
        # A full-scale sine after silence: M = s E.
        onset, first = torch.full((1, 1, 1), 1 / _FLOOR), torch.full((1, 1), s)
        self._largest = float(pcen(onset, first, gain=gain))

    def forward(self, power: Tensor) -> Tensor:
        """Return ``(batch, bins, frames)`` in [0, 1]; zeros for silence.

        1 is the onset of a full-scale sine after silence.
        """
        energy = power / (_FLOOR * self._full_scale_power)
        return (pcen(energy, self.smoothing, gain=self._gain) / self._largest).clamp_max(1)
