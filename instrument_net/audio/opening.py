"""Audio file -> an open decoder, checked; every failure is an error that names the file."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from instrument_net.audio.audio_error import AudioError, PassingError
from instrument_net.audio.codec_file import CodecFile
from instrument_net.audio.codecs import ADVICE, lacks_codecs
from instrument_net.audio.ffmpeg import MissingCodecsError, UndecodableError, UnknownContainerError
from instrument_net.audio.kept_failure import KeptFailure
from instrument_net.audio.mpeg_length import UnendingFile, states_length
from instrument_net.audio.readable import check_file, check_readable, passing

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 192_000
_SHORTEST_S = 0.001
_MAX_CHANNELS = 256
_STREAMED_BYTES = 0x7FFF_0000  # a length like this means "unknown": written while streaming
_UNKNOWN_FRAMES = 2**63 - 1  # libsndfile's number of frames for a flac of that kind
_BLOCK_VALUES = 2**20  # samples of all channels decoded at a time
# A frame of an mp3 borrows bits from frames before it, so decoding starts this much earlier.
_LEAD_IN_S = 0.5


@dataclass(frozen=True)
class OpenSound:
    """A file that is open for decoding.

    Attributes:
        path: Where it is.
        file: The decoder.
        n_frames: Samples of each channel that its header states; ``None`` where it states none.
        to_the_end: Whether a file without a stated length is decoded up to its end. A streamed flac
            is not: its decoder fails there.
    """

    path: Path
    file: soundfile.SoundFile | CodecFile
    n_frames: int | None
    to_the_end: bool = True

    def blocks(self, start: int = 0, n_frames: int | None = None) -> Iterator[np.ndarray]:
        """Yield the samples from ``start`` on, float32 ``(n, channels)``, block by block.

        Args:
            start: First sample, counted from 0. Beyond the end, nothing is yielded.
            n_frames: Samples of each channel, fewer at the end of the file; default: all.
        """
        size = max(1, _BLOCK_VALUES // self.file.channels)
        end = math.inf if n_frames is None else start + n_frames
        while start < end:
            # soundfile goes to its place anew before every block.
            lead_in = min(start, self._lead_in)
            if self.file.tell() != start - lead_in:
                self.file.seek(start - lead_in)
            wanted = int(min(size, end - start))
            block = self._decode(lead_in + wanted)[lead_in:]
            if len(block) == 0:
                return
            start += len(block)
            yield block

    def _decode(self, n_frames: int) -> np.ndarray:
        if isinstance(self.file, CodecFile):
            return self.file.read(n_frames)
        decoded: np.ndarray = self.file.read(n_frames, dtype="float32", always_2d=True)
        return decoded

    @property
    def _lead_in(self) -> int:
        return round(_LEAD_IN_S * self.file.samplerate) if self.file.format == "MP3" else 0


def opens(path: Path) -> bool:
    """Return whether a file, which need not be audio, is of a format that is read."""
    with (
        ExitStack() as stack,
        suppress(soundfile.SoundFileError, UndecodableError, AudioError, OSError, TypeError),
    ):  # TypeError: headerless
        # By their ending, .snd or .vox "open" always.
        return bool(_open(path, stack).file.format != "RAW")
    return False


@contextmanager
def open_sound(path: str | Path) -> Iterator[OpenSound]:
    """Open an audio file and yield its decoder.

    What the decoder raises while it is open becomes an error that names the file.

    Raises:
        AudioError: If the file is no audio that can be used: missing, empty, damaged, outside the
            ranges.
        PassingError: If it cannot be read now, which says nothing about the file.
    """
    path = Path(path)
    check_file(path)
    streamed = False
    try:
        with ExitStack() as stack:
            sound = _open(path, stack)
            streamed = sound.n_frames is None and not sound.to_the_end
            _check_header(sound)
            yield sound
    except (soundfile.SoundFileError, UndecodableError) as error:
        check_readable(path)
        if streamed:
            raise AudioError(
                f"{path}: damaged, or shorter than the excerpt while its header does not state its "
                "length (a streamed file); encode it again into a file"
            ) from error
        raise _undecodable(path, error) from error
    except OSError as error:
        raise passing(path, error) from error
    except AudioError:
        # A share that fails while a file is read looks like a file that is cut.
        check_readable(path)
        raise


def _open(path: Path, stack: ExitStack) -> OpenSound:
    try:
        return _open_with_libsndfile(path, stack)
    except soundfile.LibsndfileError as error:
        return _open_with_ffmpeg(path, stack, error)


def _open_with_libsndfile(path: Path, stack: ExitStack) -> OpenSound:
    # As bytes, since a name need not be text.
    name = str(path) if os.name == "nt" else os.fsencode(path)
    file = stack.enter_context(soundfile.SoundFile(name))
    if file.format == "MP3" and not states_length(path):
        bare = UnendingFile(stack.enter_context(path.open("rb")))
        stack.callback(bare.raise_failure)
        return OpenSound(path, stack.enter_context(soundfile.SoundFile(bare)), None)
    if file.frames == _UNKNOWN_FRAMES:
        return OpenSound(path, file, None, to_the_end=False)
    return OpenSound(path, file, file.frames)


def _open_with_ffmpeg(
    path: Path, stack: ExitStack, refused: soundfile.LibsndfileError
) -> OpenSound:
    bare = KeptFailure(stack.enter_context(path.open("rb")))
    stack.callback(bare.raise_failure)
    try:
        file = CodecFile(bare)
    except MissingCodecsError:
        if lacks_codecs(path):
            raise PassingError(f"{path}: {path.suffix[1:]} is not read: {ADVICE}") from None
        raise refused from None
    except UnknownContainerError:  # libsndfile's words say more
        raise refused from None
    stack.callback(file.close)
    return OpenSound(path, file, file.frames)


def _undecodable(path: Path, error: Exception) -> AudioError:
    # The decoder's own words; those of soundfile repeat the path.
    words = str(getattr(error, "error_string", error))
    reason = words.strip().rstrip(":. ") or "the decoder failed"
    return AudioError(f"{path}: cannot be decoded, damaged or no audio: {reason}")


def _check_header(sound: OpenSound) -> None:
    path, file = sound.path, sound.file
    # By the ending alone libsndfile takes anything for 8 kHz telephony: .au, .snd, .gsm, .vox.
    if file.format == "RAW":
        raise AudioError(f"{path}: has no header that states its rate; convert it to wav")
    if not LOWEST_RATE_HZ <= file.samplerate <= HIGHEST_RATE_HZ:
        raise AudioError(
            f"{path}: sample rate {file.samplerate} Hz lies outside {LOWEST_RATE_HZ} to "
            f"{HIGHEST_RATE_HZ} Hz; convert the file, or its header is damaged"
        )
    if file.channels > _MAX_CHANNELS:
        raise AudioError(f"{path}: {file.channels} channels, at most {_MAX_CHANNELS} are read")
    if sound.n_frames is not None:
        check_length(sound, sound.n_frames)
    # libsndfile reads what is left of a truncated wav or aiff and mentions it only in its log.
    cut = re.search(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", file.extra_info)
    if cut and int(cut[2]) < int(cut[1]) < _STREAMED_BYTES:
        raise AudioError(
            f"{path}: truncated: its header states {cut[1]} bytes of sound, it holds {cut[2]}; "
            "copy it again"
        )


def check_length(sound: OpenSound, n_frames: int) -> None:
    """Refuse a sound of fewer samples than can be used.

    Raises:
        AudioError: If there is none, or less than 1 ms.
    """
    if n_frames == 0:
        raise AudioError(f"{sound.path}: holds no sample")
    if n_frames < _SHORTEST_S * sound.file.samplerate:
        raise AudioError(
            f"{sound.path}: {n_frames} sample(s) at {sound.file.samplerate} Hz are too short; at "
            f"least {1e3 * _SHORTEST_S:g} ms are needed"
        )
