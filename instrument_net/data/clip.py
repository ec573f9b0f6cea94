"""One row of a table of clips -> its waveform."""

from __future__ import annotations

import pandas as pd
from torch import Tensor

from instrument_net.audio import load_waveform
from instrument_net.frontend import FrontEnd


def load_clip(clip: pd.Series, front_end: FrontEnd) -> Tensor:
    """Return the sound of a clip as a front end wants it.

    Args:
        clip: With ``path``; ``start_s`` and ``duration_s`` (NaN: to the end) cut an excerpt.
        front_end: Its sample rate and length are the waveform's.

    Returns:
        float32 ``(num_samples,)``, see :func:`instrument_net.audio.load_waveform`.

    Raises:
        AudioError: If the file cannot be used.
    """
    duration_s = clip.get("duration_s")
    return load_waveform(
        clip["path"],
        sample_rate_hz=front_end.sample_rate_hz,
        num_samples=front_end.num_samples,
        start_s=clip.get("start_s", 0.0),
        duration_s=None if pd.isna(duration_s) else duration_s,
        from_first_sound=True,  # as in training
    )
