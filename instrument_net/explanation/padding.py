"""Which part of a clip is sound, and which the zeros behind it that fill the network's input."""

from __future__ import annotations

import torch
from torch import Tensor

from instrument_net.frontend import FrontEnd


def n_sounding(waveform: Tensor) -> int:
    """Return the number of samples up to the last that is not 0; 0 for silence.

    >>> n_sounding(torch.tensor([0.0, 0.5, 0.0, -0.5, 0.0, 0.0]))
    4
    """
    sounding = waveform.nonzero()
    return int(sounding[-1]) + 1 if len(sounding) else 0


def frames_with_sound(waveform: Tensor, front_end: FrontEnd) -> Tensor:
    """Return which frames of the spectrogram begin before the padding, bool ``(frames,)``.

    Args:
        waveform: ``(num_samples,)``.
        front_end: Its frames begin one hop after the other.
    """
    n_frames = front_end.spectrogram_shape[2]
    starts_s = torch.arange(n_frames) * front_end.hop_s
    shown: Tensor = starts_s < n_sounding(waveform) / front_end.sample_rate_hz
    return shown
