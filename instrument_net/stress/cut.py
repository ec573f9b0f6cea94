"""Cut: the first moments of a sound instead of the whole."""

from __future__ import annotations

import torch
from torch import Tensor

from instrument_net.augmentation.excerpt import sounding_part

# Above the noise of a quiet room, which is not yet the sound.
_ONSET_DB = -40.0
_FADE_S = 0.005  # a hard cut would be a click, which contains all frequencies


def cut(clip: Tensor, *, length_s: float, sample_rate_hz: int) -> Tensor:
    """Return clips that are silent from a time after their onset on.

    What is before stays where it is. A clip whose sound is no longer than that stays as it is.

    Args:
        clip: ``(batch, samples)``.
        length_s: From the onset, the first sample less than 40 dB below the clip's peak, to the
            silence. The last 5 ms are faded.
        sample_rate_hz: Of the clips.

    Returns:
        ``(batch, samples)``.
    """
    begin, _ = sounding_part(clip, threshold_db=_ONSET_DB)
    _, sound_end = sounding_part(clip)
    end = begin + round(length_s * sample_rate_hz)
    index = torch.arange(clip.shape[1], device=clip.device)
    factor = ((end[:, None] - index) / (_FADE_S * sample_rate_hz)).clamp_(0, 1)
    return torch.where((end < sound_end)[:, None], clip * factor, clip)
