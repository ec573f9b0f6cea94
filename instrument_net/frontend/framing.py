"""Waveform -> overlapping frames."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def frames(waveform: Tensor, *, frame_length: int, hop_length: int, n_frames: int) -> Tensor:
    """Return frame t, the ``frame_length`` samples from ``t * hop_length`` on, for every t.

    Put together from blocks of samples instead of by ``unfold``, which an ONNX file holds as a
    gather of single samples: let ``frame_length`` and ``hop_length`` have a large common divisor.

    Args:
        waveform: ``(batch, samples)``, long enough for ``n_frames``.
        frame_length: Samples in a frame.
        hop_length: Samples between the starts of two frames.
        n_frames: How many frames.

    Returns:
        ``(batch, n_frames, frame_length)``, a copy.
    """
    block = math.gcd(frame_length, hop_length)
    step = hop_length // block
    span = (n_frames - 1) * step + 1
    end = frame_length + (n_frames - 1) * hop_length
    blocks = waveform[:, :end].unflatten(1, (-1, block))
    parts = [blocks[:, i : i + span : step] for i in range(frame_length // block)]
    return torch.cat(parts, dim=2)
