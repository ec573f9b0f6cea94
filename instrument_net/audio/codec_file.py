"""What libsndfile does not read (m4a, aac, wma, webm, ...) -> a decoder like its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from instrument_net.audio.ffmpeg import (
    UndecodableError,
    as_float32,
    open_stream,
    words_of_ffmpeg,
)
from instrument_net.audio.kept_failure import KeptFailure

_BARE = ("aac", "amr")  # frames without a container: FFmpeg estimates how long they are
_NOT_TO_THE_SAMPLE = (*_BARE, "asf")
# A frame needs what was decoded before it: 80 ms in Opus, a few frames in AAC and WMA.
_LEAD_IN_S = 0.5
# Stated and decoded lengths of whole files differ by a few frames, too.
_MISSING_S, _MISSING_SHARE = 0.25, 0.01
_SKIPPED = 2**16  # samples, at a time
_MICROSECOND = 1e-6


class CodecFile:
    """The sound of a container, its samples counted from 0.

    An encoder puts samples before the sound and fills up the last frame behind it. mp4 states them
    in its edit list, Matroska as CodecDelay and DiscardPadding: FFmpeg leaves out those in front,
    and those behind lie beyond the stated length. Bare frames (aac) and fragments without an edit
    list do not state them; there the sound begins some 20 to 50 ms late. Of wma, FFmpeg leaves out
    two frames in front.

    Attributes:
        samplerate: In Hz.
        channels: How many.
        frames: Samples of each channel that the container states; ``None`` where it does not, or
            only in milliseconds, as Matroska and asf do. In these, an excerpt may begin 1 ms off.
        format: FFmpeg's names of the container.
        subtype: FFmpeg's name of the codec.
        extra_info: Nothing.

    Args:
        file: Stays open.

    Raises:
        MissingCodecsError: If PyAV is not installed.
        UndecodableError: If FFmpeg cannot decode it, or finds no sound.
    """

    extra_info = ""
    _place: int
    _rest: np.ndarray  # decoded and not read yet

    def __init__(self, file: KeptFailure) -> None:
        self._file = file
        with words_of_ffmpeg():
            self._start()
        self.format = self._container.format.name
        self.subtype = self._stream.codec_context.name
        self.frames = self._stated_frames()

    def close(self) -> None:
        """Free the decoder."""
        self._container.close()

    def tell(self) -> int:
        """Return the number of the sample that is read next."""
        return self._place

    def seek(self, frames: int) -> None:
        """Let a sample be the next that is read.

        Raises:
            UndecodableError: If a frame on the way is damaged.
        """
        lead_in = round(_LEAD_IN_S * self.samplerate)
        if not self._place <= frames <= self._place + lead_in:
            with words_of_ffmpeg():
                self._jump(frames, max(0, frames - lead_in))
        while self._place < frames and len(self.read(min(frames - self._place, _SKIPPED))):
            pass

    def read(self, frames: int) -> np.ndarray:
        """Return the next samples, float32 ``(n, channels)``, fewer at the end.

        Raises:
            UndecodableError: If a frame is damaged, or the sound ends before its stated end.
        """
        if self.frames is not None:  # behind it lies what fills up the last frame
            frames = max(0, min(frames, self.frames - self._place))
        parts, missing = [self._rest], frames - len(self._rest)
        with words_of_ffmpeg():
            while missing > 0:
                _, samples = next(self._decoded, (None, None))
                if samples is None:
                    self._check_end(self._place + frames - missing)
                    break
                parts.append(samples)
                missing -= len(samples)
        found = np.concatenate(parts)
        found, self._rest = found[:frames], found[frames:]
        self._place += len(found)
        return found

    def _start(self) -> None:
        self._container, self._stream = open_stream(self._file)
        # What is decoded counts, not what is stated: they differ in some AAC.
        context = self._stream.codec_context
        self.samplerate, self.channels = context.sample_rate, context.layout.nb_channels
        self._decoded = self._decode(are_first=True)
        pts, first = next(self._decoded, (0, None))
        self._rest = np.zeros((0, self.channels), np.float32) if first is None else first
        self._origin, self._place = pts or 0, 0

    def _jump(self, frames: int, target: int) -> None:
        """Go on at a frame that begins at ``target`` or before, or else start anew.

        The beginning is always a start: a seek would not leave out what the encoder put there.
        """
        second = self._stream.time_base
        with suppress(UndecodableError), words_of_ffmpeg():
            if target > 0 and second is not None:
                offset = self._origin + round(target / self.samplerate / second)
                self._container.seek(offset, stream=self._stream)
                self._decoded = self._decode(are_first=False)
                pts, samples = next(self._decoded, (None, None))
                if pts is not None and samples is not None:
                    place = round((pts - self._origin) * second * self.samplerate)
                    if 0 <= place <= frames:
                        self._place, self._rest = place, samples
                        return
        self._container.close()
        self._start()

    def _decode(self, *, are_first: bool) -> Iterator[tuple[int | None, np.ndarray]]:
        """Yield the time of each frame, in the stream's units, and its samples."""
        for packet in self._container.demux(self._stream):
            for frame in packet.decode():
                rate, channels = frame.sample_rate, frame.layout.nb_channels
                if are_first:
                    self.samplerate, self.channels, are_first = rate, channels, False
                if (rate, channels) != (self.samplerate, self.channels):
                    raise UndecodableError("its sample rate or its channels change on the way")
                yield frame.pts, as_float32(frame)

    def _stated_frames(self) -> int | None:
        duration, second = self._stream.duration, self._stream.time_base
        if self.format in _NOT_TO_THE_SAMPLE or duration is None or second is None:
            return None
        return round(float(duration * second * self.samplerate))

    def _check_end(self, n_frames: int) -> None:
        """Refuse a sound that is cut, where its container states milliseconds."""
        stated = self._container.duration
        several = len(self._container.streams) > 1  # it states the longest
        if self.frames is not None or self.format in _BARE or several or stated is None:
            return
        stated_s, found_s = stated * _MICROSECOND, n_frames / self.samplerate
        if found_s < stated_s - max(_MISSING_S, _MISSING_SHARE * stated_s):
            raise UndecodableError(
                f"truncated: its header states {stated_s:.2f} s, it holds {found_s:.2f} s"
            )
