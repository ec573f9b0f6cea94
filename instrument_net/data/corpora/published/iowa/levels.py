"""How loud an audio file is from one moment to the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from instrument_net.audio import open_sound

_HOP_S = 0.01
_WINDOW_HOPS = 3  # a level is that of 30 ms, in which the periods of a low note do not show


def file_levels(path: str | Path) -> tuple[np.ndarray, float]:
    """Return the levels of a file, and how far they lie apart in seconds: about 10 ms.

    Args:
        path: Of any number of channels; their powers are added.

    Returns:
        In decibel of full scale, float64 ``(n_levels,)``; silence has -200, and so have samples
        that are no numbers. Empty if the file lasts less than 10 ms.

    Raises:
        AudioError: If the file cannot be decoded.
    """
    with open_sound(path) as sound:
        hop = round(_HOP_S * sound.file.samplerate)
        hop_s = hop / sound.file.samplerate
        powers, rest = [], np.zeros(0)
        for block in sound.blocks():
            rest = np.concatenate([rest, np.square(block, dtype=np.float64).sum(axis=1)])
            whole = len(rest) // hop * hop
            powers.append(rest[:whole].reshape(-1, hop).mean(axis=1))
            rest = rest[whole:]
    power = np.nan_to_num(np.concatenate([rest[:0], *powers]), posinf=0.0)
    if not len(power):
        return power, hop_s
    smooth = np.convolve(power, np.full(_WINDOW_HOPS, 1 / _WINDOW_HOPS), mode="same")
    return 10 * np.log10(np.maximum(smooth, 1e-20)), hop_s
