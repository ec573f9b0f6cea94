"""A sample of a bank -> its PCM as recorded."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from instrument_net.audio.opening import HIGHEST_RATE_HZ, LOWEST_RATE_HZ
from instrument_net.data.corpora.soundfont.bank import COMPRESSED, Bank

_ROM = 0x8000  # bit in the kind of a sample: SoundFont specification 2.04, section 7.10


class SampleError(Exception):
    """A sample that cannot be used; the message is the reason, as a noun."""


def read_channel(bank: Bank, sample: int) -> np.ndarray:
    """Return the PCM of one sample, ``(frames,)``: int16, or int32 with 24 bits that count.

    Raises:
        SampleError: If it lies in a synthesiser's ROM, has a rate that is not read or a place that
            is not in the file, or is compressed and cannot be decoded.
    """
    header = bank.headers[sample]
    kind, start, end = int(header["kind"]), int(header["start"]), int(header["end"])
    if kind & _ROM:
        raise SampleError("sample in a synthesiser's ROM")
    if not LOWEST_RATE_HZ <= header["rate"] <= HIGHEST_RATE_HZ:
        raise SampleError(f"sample rate outside {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz")
    compressed = bool(kind & COMPRESSED)
    if not start < end <= len(bank.waves) // (1 if compressed else 2):
        raise SampleError("sample that lies outside the file: damaged header")
    if compressed:
        return _decoded(bank.waves[start:end])
    coarse: np.ndarray = np.frombuffer(bank.waves[2 * start : 2 * end], "<i2")
    if not len(bank.low_bytes):
        return coarse
    fine = np.frombuffer(bank.low_bytes[start:end], np.uint8)
    joined: np.ndarray = (coarse.astype(np.int32) << 16) | (fine.astype(np.int32) << 8)
    return joined


def mixes(pcm: np.ndarray) -> np.ndarray:
    """Return the mean of the channels and each of them, ``(mixes, frames)`` from -1 to 1.

    Each is without its own mean.

    Args:
        pcm: ``(frames, channels)``, of integers.
    """
    full_scale = -float(np.iinfo(pcm.dtype).min)
    channels = pcm.T / full_scale
    all_mixes: np.ndarray = np.vstack([channels.mean(axis=0), channels])
    all_mixes -= all_mixes.mean(axis=1, keepdims=True)
    return all_mixes


def held(pcm: np.ndarray, loop: tuple[int, int], n_frames: int) -> np.ndarray:
    """Return a recording up to the end of its loop, which is then repeated.

    Args:
        pcm: ``(frames, channels)``.
        loop: Its first frame, and the one behind its last.
        n_frames: Length of the result.
    """
    start, end = loop
    repeats = -(-(n_frames - end) // (end - start))
    return np.concatenate([pcm[:end], *[pcm[start:end]] * repeats])[:n_frames]


def _decoded(content: memoryview) -> np.ndarray:
    try:
        samples, _ = soundfile.read(io.BytesIO(content), dtype="float32")
    except soundfile.SoundFileError as error:
        raise SampleError("compressed sample that cannot be decoded") from error
    if samples.ndim != 1 or not np.isfinite(samples).all():
        raise SampleError("compressed sample that cannot be decoded")
    pcm: np.ndarray = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return pcm
