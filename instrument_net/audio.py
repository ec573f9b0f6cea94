"""Audio file -> waveform: decode, down-mix, resample, cut or pad, peak-normalise."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor
from torchaudio.transforms import Resample

from instrument_net.errors import InputError

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000
_SHORTEST_S = 0.001
_MAX_CHANNELS = 256
_BLOCK_VALUES = 2**20  # samples of all channels decoded at a time
_RESAMPLER_MARGIN_S = 0.02  # more than the resampling filter is long at any rate
# A resampling kernel has as many taps as numerator times denominator of the rate ratio. Ratios of
# real rates are small (147/160 for 48 kHz); a flipped bit in a header can ask for 20 GB.
_MAX_RATIO_TERM = 2_000
_STREAMED_BYTES = 0x7FFF_0000  # a length like this means "unknown": written while streaming
_UNKNOWN_FRAMES = 2**63 - 1  # libsndfile's number of frames for a flac of that kind


class AudioError(InputError):
    """An audio file that cannot be used; the message names the file and the reason."""


def load_waveform(
    path: str | Path,
    *,
    sample_rate_hz: int = 44_100,
    num_samples: int = 265_216,
    start_s: float = 0.0,
    duration_s: float | None = None,
) -> Tensor:
    """Return the sound of a file as the front end takes it.

    Only the requested seconds are decoded, block by block: neither a long file nor a header that
    states a great length costs more time or memory.

    Args:
        path: Any file that libsndfile reads: wav, flac, ogg, mp3, aiff; 8 to 192 kHz; any number
            of channels up to 256.
        sample_rate_hz: Rate of the result. Uncommon rates of files are converted at a nearby simple
            ratio, less than half a cent off.
        num_samples: Length of the result: the sound is cut or zero-padded at its end.
        start_s: Where the excerpt begins, in seconds, at least 0.
        duration_s: Length of the excerpt in seconds, above 0; default: to the end of the file.

    Returns:
        float32 ``(num_samples,)``: mean of the channels, then resampled, then fitted, then scaled
        to a peak of 1. Silence stays zero.

    Raises:
        AudioError: If the file is missing, empty, truncated, no audio, headerless, shorter than
            1 ms, outside 8 to 192 kHz, has too many channels, ends before ``start_s``, or holds NaN
            or infinite samples; if ``start_s`` or ``duration_s`` is out of range. A streamed flac,
            whose header does not state its length, is refused if it ends within the requested
            seconds.

    >>> waveform = load_waveform("clip.wav")
    >>> waveform.shape, waveform.dtype, waveform.abs().max().item()
    (torch.Size([265216]), torch.float32, 1.0)
    >>> load_waveform("clip.wav", num_samples=4, start_s=2)
    Traceback (most recent call last):
        ...
    instrument_net.audio.AudioError: clip.wav: start_s 2 lies beyond its end at 1.000 s
    """
    path = Path(path)
    _check_excerpt(path, start_s=start_s, duration_s=duration_s)
    _check_file(path)
    length_is_unknown = False
    try:
        with soundfile.SoundFile(path) as file:
            length_is_unknown = file.frames == _UNKNOWN_FRAMES
            _check_header(path, file)
            ratio = _simple_ratio(sample_rate_hz, file.samplerate)
            wanted_s = num_samples / sample_rate_hz + _RESAMPLER_MARGIN_S
            if duration_s is not None:
                wanted_s = min(wanted_s, duration_s)
            mono = _read_mono(path, file, start_s=start_s, wanted_s=wanted_s)
    except soundfile.SoundFileError as error:
        if length_is_unknown:
            raise AudioError(
                f"{path}: damaged, or shorter than the excerpt while its header does not state its "
                "length (a streamed file); encode it again into a file"
            ) from error
        raise _undecodable(path, error) from error
    if not np.isfinite(mono).all():
        raise AudioError(f"{path}: holds NaN or infinite samples; export the file again")
    # A peak of 1 before resampling: float files may hold values whose products overflow.
    mono = _at_peak_1(mono)
    if ratio != 1:
        mono = _resampler(ratio.denominator, ratio.numerator)(torch.from_numpy(mono)).numpy()
    fitted = np.zeros(num_samples, np.float32)
    kept = mono[:num_samples]
    fitted[: len(kept)] = kept
    return torch.from_numpy(_at_peak_1(fitted))


def file_duration_s(path: str | Path) -> float:
    """Return the length of a file in seconds that its header states, without decoding it.

    Raises:
        AudioError: If the header is damaged, states more than the file holds, as far as that can
            be seen without decoding, or does not state the length.
    """
    path = Path(path)
    _check_file(path)
    try:
        with soundfile.SoundFile(path) as file:
            _check_header(path, file)
            if file.frames == _UNKNOWN_FRAMES:
                raise AudioError(
                    f"{path}: its header does not state its length (a streamed file); "
                    "encode it again into a file"
                )
            return float(file.frames / file.samplerate)
    except soundfile.SoundFileError as error:
        raise _undecodable(path, error) from error


def _undecodable(path: Path, error: Exception) -> AudioError:
    reason = str(error).strip().rstrip(":. ") or "the decoder failed"
    return AudioError(f"{path}: cannot be decoded, damaged or no audio: {reason}")


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise AudioError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    if path.stat().st_size == 0:
        raise AudioError(f"{path}: the file is empty (0 bytes)")
    # By this extension soundfile asks its caller for rate and channels, with a TypeError.
    if path.suffix.lower() == ".raw":
        raise AudioError(f"{path}: .raw has no header that states its rate; convert it to wav")


def _check_excerpt(path: Path, *, start_s: float, duration_s: float | None) -> None:
    if not 0 <= start_s < math.inf:
        raise AudioError(f"{path}: start_s is {start_s:g}, expected a number of seconds from 0 on")
    # Written so that NaN, an empty cell of a table, is refused too.
    if duration_s is not None and not duration_s > 0:
        raise AudioError(f"{path}: duration_s is {duration_s:g}, expected more than 0 seconds")


def _check_header(path: Path, file: soundfile.SoundFile) -> None:
    if not LOWEST_RATE_HZ <= file.samplerate <= HIGHEST_RATE_HZ:
        raise AudioError(
            f"{path}: sample rate {file.samplerate} Hz lies outside {LOWEST_RATE_HZ} to "
            f"{HIGHEST_RATE_HZ} Hz; convert the file, or its header is damaged"
        )
    if file.channels > _MAX_CHANNELS:
        raise AudioError(f"{path}: {file.channels} channels, at most {_MAX_CHANNELS} are read")
    if file.frames == 0:
        raise AudioError(f"{path}: holds no sample")
    if file.frames < _SHORTEST_S * file.samplerate:
        raise AudioError(
            f"{path}: {file.frames} sample(s) at {file.samplerate} Hz are too short; at least "
            f"{1e3 * _SHORTEST_S:g} ms are needed"
        )
    # libsndfile reads what is left of a truncated wav or aiff and mentions it only in its log.
    cut = re.search(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", file.extra_info)
    if cut and int(cut[2]) < int(cut[1]) < _STREAMED_BYTES:
        raise AudioError(
            f"{path}: truncated: its header states {cut[1]} bytes of sound, it holds {cut[2]}; "
            "copy it again"
        )


def _read_mono(
    path: Path, file: soundfile.SoundFile, *, start_s: float, wanted_s: float
) -> np.ndarray:
    start = round(start_s * file.samplerate)
    if start >= file.frames:
        raise AudioError(
            f"{path}: start_s {start_s:g} lies beyond its end at "
            f"{file.frames / file.samplerate:.3f} s"
        )
    if start:
        file.seek(start)
    wanted = min(math.ceil(wanted_s * file.samplerate), file.frames - start)
    mono = np.concatenate([np.zeros(0, np.float32), *_blocks(file, wanted)])
    # Lossy formats may end a little before the length that their header states.
    if len(mono) < wanted - max(0.05 * file.samplerate, 0.01 * wanted):
        raise AudioError(
            f"{path}: truncated: its header states {wanted / file.samplerate:.2f} s from "
            f"{start_s:g} s on, it holds {len(mono) / file.samplerate:.2f} s; copy it again"
        )
    return mono


def _blocks(file: soundfile.SoundFile, wanted: int) -> Iterator[np.ndarray]:
    size = max(1, _BLOCK_VALUES // file.channels)
    while wanted > 0:
        block = file.read(min(size, wanted), dtype="float32", always_2d=True)
        if len(block) == 0:
            return
        wanted -= len(block)
        # Divided first: the sum of large float samples may overflow.
        yield (block / np.float32(file.channels)).sum(axis=1)


# In NumPy: torch would wake its threads for each of these short passes. Where other work occupies
# the cores, waiting for them has cost ten times as much as decoding.
def _at_peak_1(samples: np.ndarray) -> np.ndarray:
    peak = np.abs(samples).max(initial=0)
    # A subnormal peak has no reciprocal; such a sound is silence.
    if peak < np.finfo(np.float32).tiny:
        return np.zeros_like(samples)
    scaled: np.ndarray = samples / peak
    return scaled


def _simple_ratio(new_hz: int, old_hz: int) -> Fraction:
    ratio = Fraction(new_hz, old_hz)
    if ratio <= 1:
        return ratio.limit_denominator(_MAX_RATIO_TERM)
    return 1 / (1 / ratio).limit_denominator(_MAX_RATIO_TERM)


@lru_cache(maxsize=16)
def _resampler(old: int, new: int) -> Resample:
    # A long Kaiser window: stop band below -100 dB at about 95 % of the lower Nyquist frequency.
    return Resample(
        old,
        new,
        resampling_method="sinc_interp_kaiser",
        lowpass_filter_width=64,
        rolloff=0.9475937167399596,
        beta=14.769656459379492,
    )
