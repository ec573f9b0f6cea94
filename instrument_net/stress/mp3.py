"""MP3: what a lossy codec leaves of a recording."""

from __future__ import annotations

import io

import soundfile
import torch
from torch import Tensor

from instrument_net.augmentation.excerpt import sounding_part

# Sample rates in hertz -> least and greatest bit rate in kbit/s: MPEG-1, MPEG-2, and its extension
# to lower rates. libsndfile spreads its compression levels over them, from the greatest down.
_BIT_RATES = {
    (32_000, 44_100, 48_000): (32, 320),
    (16_000, 22_050, 24_000): (8, 160),
    (8_000, 11_025, 12_000): (8, 64),
}
_PEAK = 0.9  # leaves room for what the codec adds


def writes_mp3(sample_rate_hz: int) -> bool:
    """Return whether sounds of this rate can be MP3, and the installed libsndfile writes it."""
    known = any(sample_rate_hz in rates for rates in _BIT_RATES)
    return known and "MP3" in soundfile.available_formats()


def through_mp3(clip: Tensor, *, kbit_s: int, sample_rate_hz: int) -> Tensor:
    """Return a clip, encoded as MP3 in mono at a constant bit rate and decoded again.

    Only its recording is encoded: the padding after it stays silent.

    Args:
        clip: ``(1, samples)``, on the CPU, at any level but silent.
        kbit_s: A bit rate that MP3 has at this sample rate, in kbit/s.
        sample_rate_hz: One for which :func:`writes_mp3` is true.

    Returns:
        ``(1, samples)``, neither delayed nor longer.

    References:
        libsndfile, ``SFC_SET_COMPRESSION_LEVEL`` and ``SFC_SET_BITRATE_MODE``.
    """
    low, high = next(limits for rates, limits in _BIT_RATES.items() if sample_rate_hz in rates)
    scale = float(clip.abs().max()) / _PEAK
    end = int(sounding_part(clip)[1])
    encoded = io.BytesIO()
    soundfile.write(
        encoded,
        (clip[0, :end] / scale).numpy(),
        sample_rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=(high - kbit_s) / (high - low),
        bitrate_mode="CONSTANT",
    )
    encoded.seek(0)
    decoded = torch.from_numpy(soundfile.read(encoded, dtype="float32")[0])[:end]
    out = torch.zeros_like(clip)
    out[0, : len(decoded)] = decoded * scale
    return out
