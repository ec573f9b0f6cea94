"""The sound of a clip as a file, for a page to play."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import soundfile

from instrument_net.audio import AudioError
from instrument_net.data import load_clip
from instrument_net.frontend import FrontEnd


def sound_of(clip: pd.Series, front_end: FrontEnd) -> bytes | None:
    """Return what a network gets of a clip, as FLAC (mono, 16 bits) without the padding.

    Args:
        clip: A row of :meth:`Predictions.table`, also one that was read from a file.
        front_end: Of the network.

    Returns:
        The file; ``None`` where the clip can no longer be read or is silent.
    """
    start_s, duration_s = (
        float(pd.to_numeric(clip.get(name, "nan"), errors="coerce"))
        for name in ("start_s", "duration_s")
    )
    excerpt = {"start_s": 0.0 if np.isnan(start_s) else start_s, "duration_s": duration_s}
    try:
        waveform = load_clip(pd.Series({"path": clip["path"], **excerpt}), front_end).numpy()
    except AudioError:
        return None
    sounding = np.flatnonzero(waveform)
    if not len(sounding):
        return None
    out = io.BytesIO()
    soundfile.write(out, waveform[: sounding[-1] + 1], front_end.sample_rate_hz, format="FLAC")
    return out.getvalue()
