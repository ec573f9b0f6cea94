"""Open sound -> one channel, and whether anything sounds in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instrument_net.audio.opening import OpenSound

# The step of one bit. What moves by no more than one step around its middle is rounding or dither.
# Other coders, lossy or of more bits, are held to 16 bits: nothing below is a recording.
_STEP_OF_8_BITS, _STEP_OF_16_BITS = 2.0**-7, 2.0**-15
_8_BITS = ("PCM_U8", "PCM_S8")
_ANY_SCALE = ("FLOAT", "DOUBLE")  # a peak of 1 is a habit, not a rule
_STEPS_OF_SILENCE = 2
# A sum this much smaller than its loudest channel has lost the sound: 40 dB.
_CANCELLED = 0.01
_FULL_SCALE = 0.9999
_CLIPPED_RUN = 4  # samples at full scale one after the other
_CLIPPED_SHARE = 5e-4


@dataclass(frozen=True)
class Mono:
    """One channel of an excerpt.

    Attributes:
        samples: float32 ``(n,)``, of any scale.
        is_silent: No channel moves by more than the rounding of its format.
        is_clipped: Runs of samples lie at full scale.
    """

    samples: np.ndarray
    is_silent: bool
    is_clipped: bool


def read_mono(sound: OpenSound, start: int, n_frames: int) -> Mono:
    """Decode ``n_frames`` samples from ``start`` on, fewer at the end, and mix them down.

    The mean of the channels; where they cancel each other, as left and right of opposite phase do,
    the loudest channel.
    """
    channels = sound.file.channels
    low, high = np.full(channels, np.inf), np.full(channels, -np.inf)
    parts, n_clipped = [np.zeros(0, np.float32)], 0
    # NumPy's minimum and maximum, unlike Python's, let NaN through to the check behind.
    for block in sound.blocks(start, n_frames):
        for channel in range(channels):  # along the second axis NumPy would take ten times as long
            low[channel] = np.minimum(low[channel], block[:, channel].min())
            high[channel] = np.maximum(high[channel], block[:, channel].max())
        n_clipped += _count_clipped(block) if max(high.max(), -low.min()) >= _FULL_SCALE else 0
        # Divided first: the sum of large float samples may overflow.
        parts.append((block / np.float32(channels)).sum(axis=1))
    samples = np.concatenate(parts)
    with np.errstate(invalid="ignore"):
        heights = high - low
        height = float(np.ptp(samples.astype(np.float64))) if len(samples) else 0.0
    silent_height = silence_height(sound)
    is_silent = len(samples) == 0 or bool((heights <= silent_height).all())
    cancelled = height <= silent_height or height * channels < _CANCELLED * heights.max()
    if cancelled and channels > 1 and not is_silent:
        samples = _read_channel(sound, start, n_frames, int(heights.argmax()))
    clipped = n_clipped > _CLIPPED_SHARE * len(samples)
    return Mono(np.zeros_like(samples) if is_silent else samples, is_silent, clipped)


def first_sound(sound: OpenSound, start: int, n_frames: int | None) -> int | None:
    """Return the first sample, from ``start`` on, that leaves silence; ``None``: there is none."""
    place, rest = start, None
    for block in sound.blocks(start, n_frames):
        if rest is None:
            rest = block[0].copy()
        with np.errstate(invalid="ignore", over="ignore"):
            moves = (np.abs(block - rest) > silence_height(sound)).any(axis=1)
        if moves.any():
            return place + int(moves.argmax())
        place += len(block)
    return None


def silence_height(sound: OpenSound) -> float:
    """Return how far the lowest and the highest sample of silence lie apart in this format."""
    subtype = sound.file.subtype
    if subtype in _ANY_SCALE:
        return float(np.finfo(np.float32).tiny)
    return _STEPS_OF_SILENCE * (_STEP_OF_8_BITS if subtype in _8_BITS else _STEP_OF_16_BITS)


def _read_channel(sound: OpenSound, start: int, n_frames: int, channel: int) -> np.ndarray:
    return np.concatenate([block[:, channel].copy() for block in sound.blocks(start, n_frames)])


def _count_clipped(block: np.ndarray) -> int:
    count = 0
    for full in (block >= _FULL_SCALE, block <= -_FULL_SCALE):
        run = full[: 1 - _CLIPPED_RUN].copy() if len(full) >= _CLIPPED_RUN else full[:0]
        for shift in range(1, _CLIPPED_RUN):
            run &= full[shift : shift + len(run)]
        count += int(run.any(axis=1).sum())
    return count
