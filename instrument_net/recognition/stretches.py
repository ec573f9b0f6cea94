"""What plays when in a long file: windows that overlap -> stretches that follow one another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, pairwise

from instrument_net.recognition.file_prediction import SILENT, FilePrediction


@dataclass(frozen=True)
class Stretch:
    """A part of a file with one name.

    Attributes:
        start_s: Where it begins, in seconds.
        end_s: Where it ends, in seconds.
        label: The most probable class, or ``silent``.
        probability: Of that class, the mean over the stretch; ``None`` where nothing sounds.
    """

    start_s: float
    end_s: float
    label: str
    probability: float | None


def window_end_s(result: FilePrediction, start_s: float) -> float:
    """Return where a window ends in its file, in seconds."""
    end_s = start_s + result.window_s
    return end_s if result.duration_s is None else min(end_s, result.duration_s)


def edges_s(result: FilePrediction) -> list[float]:
    """Return the times at which one window hands over to the next, in seconds.

    Windows overlap; each moment belongs to the window whose middle is nearest.

    Returns:
        Rising; one more than there are windows, silent ones among them. The first is 0, the last
        the end of the file, or of the last window where the file's length is not known.
    """
    starts = sorted([*result.start_s, *result.silent_s])
    middles = [start + result.window_s / 2 for start in starts]
    inner = [(a + b) / 2 for a, b in pairwise(middles)]
    last = starts[-1] + result.window_s if result.duration_s is None else result.duration_s
    return [0.0, *inner, last]


def stretches(result: FilePrediction) -> list[Stretch]:
    """Return the stretches of a file, in order; they leave no gap, and neighbours differ in name.

    None, where the file could not be read.
    """
    windows: list[tuple[float, str, float]] = [
        (start, SILENT, math.nan) for start in result.silent_s
    ]
    for start, window in zip(result.start_s, result.windows, strict=True):
        best = int(window.argmax())
        windows.append((start, result.class_names[best], float(window[best])))
    if not windows:
        return []
    edges = edges_s(result)
    parts = [
        Stretch(start, end, label, None if math.isnan(value) else value)
        for start, end, (_, label, value) in zip(
            edges[:-1], edges[1:], sorted(windows), strict=True
        )
    ]
    return [_joined(list(run)) for _, run in groupby(parts, key=lambda part: part.label)]


def _joined(parts: list[Stretch]) -> Stretch:
    lengths = [part.end_s - part.start_s for part in parts]
    values = [part.probability for part in parts]
    probability = None
    if None not in values:
        weighted = sum(n * (v or 0.0) for n, v in zip(lengths, values, strict=True))
        probability = weighted / sum(lengths) if sum(lengths) > 0 else values[0]
    return Stretch(parts[0].start_s, parts[-1].end_s, parts[0].label, probability)
