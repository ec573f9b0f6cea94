"""What a microphone brings while it is on: named from its last seconds, and kept for the end."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

LIVE_S = 3.0  # named at a time; 1.5 s after a change of instrument, half of it is the new one
_FRAME_S = 0.05
_QUIET_DB = -50.0  # of full scale, the loudest frame; chosen, not measured on microphones
_FULL_SCALE = 2**15

Samples = npt.NDArray[np.int16]


class LiveSound:
    """A recording that grows.

    Args:
        sample_rate_hz: Of the microphone.
        max_bytes: What is kept at most, of 2 bytes a sample: of a longer recording, its end.

    Attributes:
        is_cut: Whether its beginning was dropped.
    """

    def __init__(self, sample_rate_hz: int, *, max_bytes: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.is_cut = False
        self._most = max_bytes // 2
        self._blocks: deque[Samples] = deque()
        self._n_samples = 0

    def add(self, samples: Samples) -> None:
        """Append what was recorded since the last call, ``(n,)`` or ``(n, channels)``."""
        block = samples if samples.ndim == 1 else samples.mean(axis=1).astype(np.int16)
        self._blocks.append(block)
        self._n_samples += len(block)
        while self._n_samples > self._most and len(self._blocks) > 1:
            self._n_samples -= len(self._blocks.popleft())
            self.is_cut = True

    @property
    def duration_s(self) -> float:
        """Return the length of what is kept, in seconds."""
        return self._n_samples / self.sample_rate_hz

    @property
    def is_quiet(self) -> bool:
        """Return whether the last seconds are too quiet to be music: below -50 dB of full scale."""
        samples = self._last(LIVE_S) / _FULL_SCALE
        size = max(1, int(_FRAME_S * self.sample_rate_hz))
        frames = samples[: len(samples) // size * size].reshape(-1, size)
        if not len(frames):
            return True
        loudest = float(np.square(frames - frames.mean(axis=1, keepdims=True)).mean(axis=1).max())
        return loudest < 10 ** (_QUIET_DB / 10)

    def write(self, path: Path, *, last_s: float = np.inf) -> None:
        """Write the recording, or its last seconds, as a file of 16 bits."""
        soundfile.write(path, self._last(last_s), self.sample_rate_hz, subtype="PCM_16")

    def _last(self, seconds: float) -> Samples:
        wanted = min(seconds * self.sample_rate_hz, self._n_samples)
        taken: list[Samples] = []
        found = 0
        for block in reversed(self._blocks):
            if found >= wanted:
                break
            taken.append(block)
            found += len(block)
        samples = np.concatenate(taken[::-1]) if taken else np.zeros(0, np.int16)
        return samples[len(samples) - int(wanted) :]
