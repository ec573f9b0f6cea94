"""An excerpt of a file -> its waveform, fitted to a length and a peak of 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from instrument_net.audio.audio_error import AudioError
from instrument_net.audio.mono import Mono, first_sound, read_mono
from instrument_net.audio.opening import OpenSound, check_length, open_sound
from instrument_net.audio.resampling import RESAMPLER_MARGIN_S, resample


@dataclass(frozen=True)
class Sound:
    """A waveform and what its file shows about it.

    Attributes:
        waveform: float32 ``(num_samples,)``, see :func:`load_waveform`.
        start_s: Where in the file it begins, in seconds.
        is_silent: Nothing sounds in it: no channel moves by more than the rounding of its format.
        is_clipped: Its recording was too loud: runs of samples lie at full scale.
        peak: What the waveform was divided by, in the file's own scale; 0 for silence.
    """

    waveform: Tensor
    start_s: float
    is_silent: bool
    is_clipped: bool
    peak: float


def load_waveform(
    path: str | Path,
    *,
    sample_rate_hz: int = 44_100,
    num_samples: int = 265_216,
    start_s: float = 0.0,
    duration_s: float | None = None,
    from_first_sound: bool = False,
) -> Tensor:
    """Return the sound of a file as the front end takes it.

    Only the requested seconds are decoded, block by block: neither a long file nor a header that
    states a great length costs more time or memory.

    Args:
        path: Any file that libsndfile reads: wav, flac, ogg, mp3, aiff; with the extra ``codecs``
            also m4a, aac, wma, webm and the sound of films; 8 to 192 kHz; any number of channels up
            to 256.
        sample_rate_hz: Rate of the result. Uncommon rates of files are converted at a nearby simple
            ratio, less than half a cent off.
        num_samples: Length of the result: the sound is cut or zero-padded at its end.
        start_s: Where the excerpt begins, in seconds, at least 0.
        duration_s: Length of the excerpt in seconds, above 0; default: to the end of the file.
        from_first_sound: Where all of the result would be silent, begin at the first sound that the
            excerpt has, if it has one.

    Returns:
        float32 ``(num_samples,)``: mean of the channels, then resampled, then fitted, then scaled
        to a peak of 1. Where the channels cancel each other, the loudest one stands for their mean.
        Silence is zero: also the rounding and the dither of a recording in which nothing sounds.

    Raises:
        AudioError: If the file is missing, empty, truncated, no audio, headerless, shorter than
            1 ms, outside 8 to 192 kHz, has too many channels, ends before ``start_s``, or holds NaN
            or infinite samples; if ``start_s`` or ``duration_s`` is out of range. A streamed flac,
            whose header does not state its length, is refused if it ends within the requested
            seconds. An mp3 whose header does not state its length ends where its frames end.
        PassingError: If the file cannot be read now: no permission, too many open files, without
            the extra that it needs.

    >>> waveform = load_waveform("clip.wav")
    >>> waveform.shape, waveform.dtype, waveform.abs().max().item()
    (torch.Size([265216]), torch.float32, 1.0)
    >>> load_waveform("clip.wav", num_samples=4, start_s=2)
    Traceback (most recent call last):
        ...
    instrument_net.audio.audio_error.AudioError: clip.wav: start_s 2 lies beyond its end at 1.000 s
    """
    return load_sound(
        path,
        sample_rate_hz=sample_rate_hz,
        num_samples=num_samples,
        start_s=start_s,
        duration_s=duration_s,
        from_first_sound=from_first_sound,
    ).waveform


def load_sound(
    path: str | Path,
    *,
    sample_rate_hz: int = 44_100,
    num_samples: int = 265_216,
    start_s: float = 0.0,
    duration_s: float | None = None,
    from_first_sound: bool = False,
) -> Sound:
    """Return the waveform of :func:`load_waveform`, which explains the arguments, and its facts.

    Raises:
        AudioError: As there.

    >>> sound = load_sound("clip.wav")
    >>> sound.start_s, sound.is_silent, sound.is_clipped
    (0.0, False, False)
    """
    path = Path(path)
    _check_excerpt(path, start_s=start_s, duration_s=duration_s)
    with open_sound(path) as sound:
        rate = sound.file.samplerate
        start = round(start_s * rate)
        window_s = num_samples / sample_rate_hz + RESAMPLER_MARGIN_S
        wanted_s = window_s if duration_s is None else min(window_s, duration_s)
        mono = _read(sound, start, math.ceil(wanted_s * rate))
        if mono.is_silent and from_first_sound:
            length = None if duration_s is None else math.ceil(duration_s * rate)
            found = first_sound(sound, start, length)
            if found is not None:
                left = math.inf if length is None else start + length - found
                mono = _read(sound, found, math.ceil(min(window_s * rate, left)))
                start_s = found / rate
    if not np.isfinite(mono.samples).all():
        raise AudioError(f"{path}: holds NaN or infinite samples; export the file again")
    # A peak of 1 before resampling: float files may hold values whose products overflow.
    samples = resample(_at_peak_1(mono.samples), rate, sample_rate_hz)
    fitted = np.zeros(num_samples, np.float32)
    kept = samples[:num_samples]
    fitted[: len(kept)] = kept
    peak = _peak(mono.samples) * _peak(fitted)
    waveform = torch.from_numpy(_at_peak_1(fitted))
    return Sound(waveform, start_s, mono.is_silent, mono.is_clipped, peak)


def file_duration_s(path: str | Path) -> float:
    """Return the length of a file in seconds.

    What its header states, without decoding it; of an mp3 whose header states no length, and of
    aac, wma and webm, what the decoder finds.

    Raises:
        AudioError: If the header is damaged, states more than the file holds, as far as that can
            be seen without decoding, or, in a streamed flac, does not state the length.
    """
    with open_sound(path) as sound:
        return _length(sound) / int(sound.file.samplerate)


def _length(sound: OpenSound) -> int:
    if sound.n_frames is not None:
        return sound.n_frames
    if not sound.to_the_end:
        raise AudioError(
            f"{sound.path}: its header does not state its length (a streamed file); "
            "encode it again into a file"
        )
    n_frames = sum(len(block) for block in sound.blocks())
    check_length(sound, n_frames)
    return n_frames


def _check_excerpt(path: Path, *, start_s: float, duration_s: float | None) -> None:
    if not 0 <= start_s < math.inf:
        raise AudioError(f"{path}: start_s is {start_s:g}, expected a number of seconds from 0 on")
    # Written so that NaN, an empty cell of a table, is refused too.
    if duration_s is not None and not duration_s > 0:
        raise AudioError(f"{path}: duration_s is {duration_s:g}, expected more than 0 seconds")


def _read(sound: OpenSound, start: int, wanted: int) -> Mono:
    """Decode an excerpt, and refuse one that lies beyond the end or has less than it should."""
    path, rate, stated = sound.path, sound.file.samplerate, sound.n_frames
    if stated is not None:
        if start >= stated:
            raise _beyond_end(sound, start, stated)
        wanted = min(wanted, stated - start)
    mono = read_mono(sound, start, wanted)
    found = len(mono.samples)
    # Lossy formats may end a little before the length that their header states.
    missing = wanted - found
    if stated is not None and (not found or missing > max(0.05 * rate, 0.01 * wanted)):
        raise AudioError(
            f"{path}: truncated: its header states {wanted / rate:.2f} s from "
            f"{start / rate:g} s on, it holds {found / rate:.2f} s; copy it again"
        )
    if stated is None and found < wanted and sound.to_the_end:
        length = start + found if found else _length(sound)
        check_length(sound, length)
        if start >= length:
            raise _beyond_end(sound, start, length)
        if not found:
            raise AudioError(
                f"{path}: damaged: it is {length / rate:.2f} s long, and nothing can be decoded "
                f"from {start / rate:g} s on; encode it again"
            )
    return mono


def _beyond_end(sound: OpenSound, start: int, length: int) -> AudioError:
    rate = sound.file.samplerate
    return AudioError(
        f"{sound.path}: start_s {start / rate:g} lies beyond its end at {length / rate:.3f} s"
    )


# In NumPy: torch would wake its threads for each of these short passes. Where other work occupies
# the cores, waiting for them has cost ten times as much as decoding.
def _peak(samples: np.ndarray) -> float:
    return float(np.abs(samples).max(initial=0))


def _at_peak_1(samples: np.ndarray) -> np.ndarray:
    peak = np.abs(samples).max(initial=0)
    # A subnormal peak has no reciprocal; such a sound is silence.
    if peak < np.finfo(np.float32).tiny:
        return np.zeros_like(samples)
    scaled: np.ndarray = samples / peak
    return scaled
