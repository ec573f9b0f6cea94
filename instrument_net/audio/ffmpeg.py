"""PyAV, which brings FFmpeg with it: open file -> its stream of sound -> frames of samples.

It is an extra, and imported where a file needs it. torchcodec needs an FFmpeg that the system has.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from instrument_net.audio.kept_failure import KeptFailure

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container.input import InputContainer

# FFmpeg's names. What is missing here is libsndfile's own (a damaged wav stays damaged), pictures,
# and lists, which would open further files or addresses. Of caf, libsndfile does not read AAC.
_CONTAINERS = "mov,matroska,asf,caf,ape,wv,tta,mpc,mpc8,tak,aac,amr"


class MissingCodecsError(Exception):
    """The extra is not installed."""


class UndecodableError(Exception):
    """A file that FFmpeg cannot decode; the message says why, and does not name the file."""


class UnknownContainerError(UndecodableError):
    """A file that is none of the containers that are left to FFmpeg."""


@contextmanager
def words_of_ffmpeg() -> Iterator[None]:
    """Let what FFmpeg raises be an UndecodableError.

    Raises:
        MissingCodecsError: If PyAV is not installed.
        UndecodableError: As said.
    """
    try:
        import av.error
    except ImportError as error:
        raise MissingCodecsError from error
    try:
        yield
    except av.error.ArgumentError as error:  # its word for a container that is not in the list
        raise UnknownContainerError("Format not recognised") from error
    except av.error.FFmpegError as error:
        raise UndecodableError(error.strerror or "FFmpeg failed") from error


def open_stream(file: KeptFailure) -> tuple[InputContainer, AudioStream]:
    """Return the container that a file is, from its beginning on, and its main stream of sound.

    FFmpeg sees no name: it would judge by its ending, and take some names for addresses.

    Raises:
        UndecodableError: If it has no sound.
    """
    import av
    from av.stream import Discard

    file.seek(0)
    container = av.open(
        file,
        "r",
        container_options={"format_whitelist": _CONTAINERS},
        metadata_errors="replace",
    )
    stream = container.streams.best("audio")
    if not isinstance(stream, av.AudioStream):
        raise UndecodableError("it has no sound")
    if getattr(stream, "codec_context", None) is None:
        raise UndecodableError("the codec of its sound is unknown")
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    return container, stream


def as_float32(frame: AudioFrame) -> np.ndarray:
    """Return the samples of a frame, float32 ``(n, channels)``, full scale at 1.

    Raises:
        UndecodableError: If they are of a kind that is not read.
    """
    try:
        samples = frame.to_ndarray()
    except ValueError as error:  # samples of 64 bits, which NumPy is not given
        raise UndecodableError(f"its samples are of the kind {frame.format.name}") from error
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    kind, n_bits = samples.dtype.kind, 8 * samples.dtype.itemsize
    values: np.ndarray = samples.T.astype(np.float32)
    if kind == "f":
        return values
    if kind == "u":
        values -= 2.0 ** (n_bits - 1)
    return values * np.float32(2.0 ** (1 - n_bits))
