"""Audio files -> named probabilities, window by window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor

from instrument_net.audio import AudioError, file_duration_s, load_waveform
from instrument_net.errors import InputError
from instrument_net.recognition.recogniser import Recogniser

Windowing = Literal["slide", "whole"]
_OVERLAP = 0.5  # of two windows, as a share of their length
_LEAST_REST = 0.25  # of a window; a shorter rest at the end is in the one before


@dataclass
class FilePrediction:
    """The predictions of a network for one file, window by window.

    Attributes:
        path: The file.
        class_names: Names of the classes.
        start_s: Where each window begins, in seconds.
        windows: Probabilities of each window, one tensor ``(n_classes,)`` each.
        error: Why the file could not be read; there are no windows then.
    """

    path: Path
    class_names: tuple[str, ...]
    start_s: list[float] = field(default_factory=list)
    windows: list[Tensor] = field(default_factory=list)
    error: str | None = None

    @property
    def probabilities(self) -> Tensor:
        """Return the mean over all windows, ``(n_classes,)``, sums to 1."""
        return torch.stack(self.windows).mean(dim=0)

    def ranking(self, top: int | None = None) -> list[tuple[str, float]]:
        """Return (class, probability), the most probable first, at most ``top`` of them."""
        values, order = self.probabilities.sort(descending=True, stable=True)
        ranked = zip(order.tolist(), values.tolist(), strict=True)
        return [(self.class_names[index], value) for index, value in islice(ranked, top)]


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


def predict_files(
    recogniser: Recogniser,
    paths: Iterable[str | Path],
    *,
    windowing: Windowing = "slide",
    batch_size: int = 16,
) -> Iterator[FilePrediction]:
    """Classify files, batched over their windows, and yield them in order.

    Args:
        recogniser: Waveforms -> probabilities; used as it is, on the device where it is.
        paths: Audio files.
        windowing: ``slide``: windows over the whole file, overlapping by half; ``whole``: the file
            as one clip, cut where the front end's length ends, as in training.
        batch_size: Windows a forward pass.

    Yields:
        One result a file. A file that cannot be read has an ``error`` and disturbs no other.

    Raises:
        InputError: If ``windowing`` is unknown.

    >>> recogniser = Recogniser.from_checkpoint("best.ckpt")
    >>> for result in predict_files(recogniser, ["clip.wav", "none.wav"]):
    ...     print(result.path, len(result.windows), result.error)
    clip.wav 1 None
    none.wav 0 none.wav: no such file
    """
    if windowing not in get_args(Windowing):
        raise InputError(f"windowing must be one of {get_args(Windowing)}, got {windowing!r}")
    waiting: list[FilePrediction] = []  # in order; all but the last have all their windows queued
    queue: list[tuple[FilePrediction, Tensor]] = []

    def run() -> None:
        batch = torch.stack([waveform for _, waveform in queue])
        device = next(recogniser.parameters()).device
        with torch.inference_mode():
            probabilities = recogniser(batch.to(device)).cpu()
        for (result, _), row in zip(queue, probabilities, strict=True):
            if result.error is None:
                result.windows.append(row)
        queue.clear()

    for path in paths:
        result = FilePrediction(Path(path), recogniser.class_names)
        waiting.append(result)
        try:
            for start_s, waveform in _windows(recogniser, result.path, windowing):
                result.start_s.append(start_s)
                queue.append((result, waveform))
                if len(queue) == batch_size:
                    run()
        except AudioError as error:
            result.error = str(error)
            result.start_s.clear()
            result.windows.clear()
            queue[:] = [item for item in queue if item[0] is not result]
        while waiting and _is_done(waiting[0]):
            yield waiting.pop(0)
    if queue:
        run()
    yield from waiting


def _is_done(result: FilePrediction) -> bool:
    return result.error is not None or len(result.windows) == len(result.start_s)


def _windows(
    recogniser: Recogniser, path: Path, windowing: Windowing
) -> Iterator[tuple[float, Tensor]]:
    front_end = recogniser.front_end
    # A missing or unreadable file is load_waveform's to name.
    slides = windowing == "slide" and path.is_file()
    starts = window_starts_s(file_duration_s(path), recogniser.duration_s) if slides else [0.0]
    for start_s in starts:
        yield (
            start_s,
            load_waveform(
                path,
                sample_rate_hz=front_end.sample_rate_hz,
                num_samples=front_end.num_samples,
                start_s=start_s,
            ),
        )
