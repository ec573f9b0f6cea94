"""The spectrogram of a whole file, however long, as the network's front end computes it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from instrument_net.audio import AudioError, load_sound
from instrument_net.frontend import FrontEnd
from instrument_net.frontend.spectrogram_scale import relative_level

_RANGE_DB = 80.0


def file_spectrogram(
    front_end: FrontEnd, path: Path, *, duration_s: float, most_frames: int = 1200
) -> tuple[Tensor, float]:
    """Return the level of a file over time and frequency.

    The file is decoded clip by clip: its length costs time and no memory.

    Args:
        front_end: Whose transform and bins it has; the scale is that of the file, in decibel.
        path: The file.
        duration_s: Its length in seconds, above 0.
        most_frames: Frames of the result, at most; each is the maximum of those that it stands for.

    Returns:
        ``(bins, frames)`` in [0, 1], 80 dB below the file's maximum and the maximum itself; and the
        time between two frames in seconds.

    Raises:
        AudioError: If the file cannot be read.
    """
    transform = front_end.spectrogram or front_end.power_spectrogram
    _, n_bins, clip_frames = front_end.spectrogram_shape
    n_frames = math.ceil(duration_s / front_end.hop_s)
    group = math.ceil(n_frames / most_frames)
    power = np.zeros((math.ceil(n_frames / group), n_bins))
    for first in range(0, n_frames, clip_frames):
        try:
            sound = load_sound(
                path,
                sample_rate_hz=front_end.sample_rate_hz,
                num_samples=front_end.num_samples,
                start_s=first * front_end.hop_s,
            )
        except AudioError:
            if first == 0:
                raise
            break  # a header may state a little more than there is
        with torch.inference_mode():
            clip = transform(sound.waveform[None].to(front_end.bin_hz.device))[0].cpu().numpy()
        shown = min(clip_frames, n_frames - first)
        column = np.arange(first, first + shown) // group
        np.maximum.at(power, column, clip.T[:shown] * np.float64(sound.peak) ** 2)
    levels = relative_level(torch.from_numpy(power.T)[None], top_db=_RANGE_DB)[0]
    return levels.float(), group * front_end.hop_s
