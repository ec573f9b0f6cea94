"""Audio file -> its windows, decoded one after the other, and what is to be known about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from instrument_net.audio import AudioError, Sound, file_duration_s, load_sound
from instrument_net.errors import InputError
from instrument_net.recognition.file_prediction import SILENT
from instrument_net.recognition.window_weights import Level, level_of

Windowing = Literal["slide", "whole"]
_OVERLAP = 0.5  # of two windows, as a share of their length
_LEAST_REST = 0.25  # of a window; a shorter rest at the end is in the one before
_SHORT_S = 0.1  # of less, hardly more than the onset is there
_ROUNDING_S = 0.05  # a header's length may be a little more than what is decoded


@dataclass(frozen=True)
class Length:
    """How long a file is, in seconds."""

    duration_s: float


@dataclass(frozen=True)
class Window:
    """A part of a file.

    Attributes:
        start_s: Where it begins, in seconds.
        waveform: float32 ``(num_samples,)``; ``None`` where nothing sounds.
        level: Its power in the scale of the file; ``None``: not known.
    """

    start_s: float
    waveform: np.ndarray | None
    level: Level | None


@dataclass(frozen=True)
class Notes:
    """What is to be known about a file; its last part."""

    notes: tuple[str, ...]


Part = Length | Window | Notes


@dataclass(frozen=True)
class WindowReader:
    """Decodes files as a recogniser takes them, and needs nothing else of it.

    Attributes:
        sample_rate_hz: Of the windows.
        num_samples: Length of a window.
        windowing: ``slide``: windows over the whole file, overlapping by half; ``whole``: the file
            as one clip, cut where the window ends, as in training.

    Raises:
        InputError: If ``windowing`` is unknown.
    """

    sample_rate_hz: int
    num_samples: int
    windowing: Windowing

    def __post_init__(self) -> None:
        """Refuse what is no windowing."""
        if self.windowing not in get_args(Windowing):
            raise InputError(
                f"windowing must be one of {get_args(Windowing)}, got {self.windowing!r}"
            )

    @property
    def window_s(self) -> float:
        """Return the length of a window in seconds."""
        return self.num_samples / self.sample_rate_hz

    def parts(self, path: Path) -> Iterator[Part]:
        """Decode a file window by window.

        Yields:
            Its length, as soon as it is known, the windows in order, and the notes.

        Raises:
            AudioError: If it cannot be read, also in the middle of it.
        """
        duration_s = file_duration_s(path) if self.windowing == "slide" else None
        if duration_s is not None:
            yield Length(duration_s)
        n_silent, n_windows, clipped = 0, 0, False
        for sound in self._sounds(path, duration_s):
            clipped |= sound.is_clipped
            n_windows += 1
            n_silent += sound.is_silent
            yield self._window(sound, duration_s)
        if duration_s is None:
            with suppress(AudioError):  # a stream whose header states no length
                duration_s = file_duration_s(path)
                yield Length(duration_s)
        yield Notes(tuple(self._notes(n_silent, n_windows, duration_s, clipped=clipped)))

    def _sounds(self, path: Path, duration_s: float | None) -> Iterator[Sound]:
        if duration_s is None:
            yield self._load(path, 0.0, from_first_sound=True)
            return
        sounds = False
        for start_s in window_starts_s(duration_s, self.window_s):
            sound = self._load(path, start_s, from_first_sound=False)
            sounds |= not sound.is_silent
            yield sound
        if not sounds:  # what sounds may lie in the rest behind the last window
            late = self._load(path, 0.0, from_first_sound=True)
            if not late.is_silent:
                yield late

    def _load(self, path: Path, start_s: float, *, from_first_sound: bool) -> Sound:
        return load_sound(
            path,
            sample_rate_hz=self.sample_rate_hz,
            num_samples=self.num_samples,
            start_s=start_s,
            from_first_sound=from_first_sound,
        )

    def _window(self, sound: Sound, duration_s: float | None) -> Window:
        if sound.is_silent:
            return Window(sound.start_s, None, None)
        level = None
        if duration_s is not None:
            level = level_of(sound, sample_rate_hz=self.sample_rate_hz, duration_s=duration_s)
        return Window(sound.start_s, sound.waveform.numpy(), level)

    def _notes(
        self, n_silent: int, n_windows: int, duration_s: float | None, *, clipped: bool
    ) -> Iterator[str]:
        if n_silent == n_windows:
            yield SILENT
        elif n_silent:
            yield f"{n_silent} of {n_windows} windows {SILENT}"
        if clipped:
            yield "clipped"
        if duration_s is None:
            return
        if duration_s < _SHORT_S:
            yield f"too short to be sure: {1e3 * duration_s:.0f} ms"
        if duration_s > self.window_s + _ROUNDING_S:
            whole = self.windowing == "whole"
            use = f"{self.window_s:.1f} s of it used" if whole else "in windows"
            yield f"longer than a window: {duration_s:.1f} s, {use}"


def window_starts_s(length_s: float, window_s: float) -> list[float]:
    """Return where windows begin that cover a sound, each overlapping the last by half.

    Args:
        length_s: Length of the sound in seconds.
        window_s: Length of a window in seconds.

    Returns:
        Seconds, rising from 0. A sound no longer than a window has one; a rest of less than a
        quarter of a window beyond the last full one is left to that one.
    """
    hop_s = window_s * (1 - _OVERLAP)
    starts, start = [0.0], hop_s
    while start - hop_s + window_s + _LEAST_REST * window_s <= length_s:
        starts.append(start)
        start += hop_s
    return starts
