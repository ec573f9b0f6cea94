"""Audio files -> named probabilities, window by window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor

from instrument_net.audio import AudioError, Sound, file_duration_s, load_sound
from instrument_net.errors import InputError
from instrument_net.recognition.file_prediction import SILENT, FilePrediction
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.recognition.window_weights import level_of

Windowing = Literal["slide", "whole"]
_OVERLAP = 0.5  # of two windows, as a share of their length
_LEAST_REST = 0.25  # of a window; a shorter rest at the end is in the one before
_SHORT_S = 0.1  # of less, hardly more than the onset is there
_ROUNDING_S = 0.05  # a header's length may be a little more than what is decoded


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
    with_vectors: bool = False,
) -> Iterator[FilePrediction]:
    """Classify files, batched over their windows, and yield them in order.

    Args:
        recogniser: Waveforms -> probabilities; used as it is, on the device where it is.
        paths: Audio files.
        windowing: ``slide``: windows over the whole file, overlapping by half; ``whole``: the file
            as one clip, cut where the front end's length ends, as in training.
        batch_size: Windows a forward pass.
        with_vectors: Also return what the output layer reads of each window.

    Yields:
        One result a file. A file that cannot be read has an ``error`` and disturbs no other; one in
        which nothing sounds is silent and has no class.

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
            inputs = recogniser.front_end(batch.to(device))
            probabilities = recogniser.classify(*inputs).cpu()
            vectors = recogniser.embedding(*inputs).cpu() if with_vectors else None
        for k, (result, _) in enumerate(queue):
            result.windows.append(probabilities[k])
            if vectors is not None:
                result.vectors.append(vectors[k])
        queue.clear()

    for path in paths:
        result = FilePrediction(
            Path(path),
            recogniser.class_names,
            window_s=recogniser.duration_s,
            certainty=recogniser.certainty,
        )
        waiting.append(result)
        try:
            for waveform in _sounding_windows(recogniser, result, windowing):
                queue.append((result, waveform))
                if len(queue) == batch_size:
                    run()
        except AudioError as error:
            result.error = str(error)
            result.forget()
            queue[:] = [item for item in queue if item[0] is not result]
        while waiting and _is_done(waiting[0]):
            yield waiting.pop(0)
    if queue:
        run()
    yield from waiting


def _is_done(result: FilePrediction) -> bool:
    return result.error is not None or len(result.windows) == len(result.start_s)


def _sounding_windows(
    recogniser: Recogniser, result: FilePrediction, windowing: Windowing
) -> Iterator[Tensor]:
    """Yield the windows that sound, and fill in what the result says beside probabilities."""
    clipped = False
    for sound in _windows(recogniser, result, windowing):
        clipped |= sound.is_clipped
        if sound.is_silent:
            result.silent_s.append(sound.start_s)
        else:
            result.start_s.append(sound.start_s)
            if result.duration_s is not None:
                rate_hz = recogniser.front_end.sample_rate_hz
                result.levels.append(
                    level_of(sound, sample_rate_hz=rate_hz, duration_s=result.duration_s)
                )
            yield sound.waveform
    result.notes += _notes(result, recogniser.duration_s, windowing=windowing, clipped=clipped)


def _windows(
    recogniser: Recogniser, result: FilePrediction, windowing: Windowing
) -> Iterator[Sound]:
    def load(start_s: float, *, from_first_sound: bool) -> Sound:
        return load_sound(
            result.path,
            sample_rate_hz=recogniser.front_end.sample_rate_hz,
            num_samples=recogniser.front_end.num_samples,
            start_s=start_s,
            from_first_sound=from_first_sound,
        )

    if windowing == "whole":
        yield load(0.0, from_first_sound=True)
        with suppress(AudioError):  # a stream whose header states no length
            result.duration_s = file_duration_s(result.path)
        return
    result.duration_s = file_duration_s(result.path)
    sounds = False
    for start_s in window_starts_s(result.duration_s, recogniser.duration_s):
        sound = load(start_s, from_first_sound=False)
        sounds |= not sound.is_silent
        yield sound
    if not sounds:  # what sounds may lie in the rest behind the last window
        late = load(0.0, from_first_sound=True)
        if not late.is_silent:
            yield late


def _notes(
    result: FilePrediction, window_s: float, *, windowing: Windowing, clipped: bool
) -> Iterator[str]:
    if not result.start_s and result.silent_s:
        yield SILENT
    elif result.silent_s:
        n_windows = len(result.start_s) + len(result.silent_s)
        yield f"{len(result.silent_s)} of {n_windows} windows {SILENT}"
    if clipped:
        yield "clipped"
    if result.duration_s is None:
        return
    if result.duration_s < _SHORT_S:
        yield f"too short to be sure: {1e3 * result.duration_s:.0f} ms"
    if result.duration_s > window_s + _ROUNDING_S:
        use = f"{window_s:.1f} s of it used" if windowing == "whole" else "in windows"
        yield f"longer than a window: {result.duration_s:.1f} s, {use}"
