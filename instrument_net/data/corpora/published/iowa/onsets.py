"""A recording of several notes, one after another -> where each of them begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from instrument_net.data.corpora.published.iowa.levels import file_levels
from instrument_net.data.corpora.published.iowa.steps import steps_in_semitones

_LOWEST_DB = -90.0  # below the loudest level of the file
# Between two notes the level falls at least this far below the softer of them, ...
_LEAST_DIP_DB = 6.0
# ... and no dip within a note comes nearer than this to the shallowest dip between notes.
_CLEARANCE_DB = 4.0
_ONSET_DB = 40.0  # a note begins and ends where it is this far below its loudest level, ...
_ABOVE_REST_DB = 4.0  # ... or this little above the quietest level beside it
_SHORTEST_S = 0.1
_SOFTEST_DB = 20.0  # below the median of the notes' levels: what is softer is a noise between notes


@dataclass(frozen=True)
class Cut:
    """Where the notes of a recording are.

    Attributes:
        notes: Start and end of each note in seconds, in their order; empty if the recording could
            not be cut into the number of notes that was asked for.
        problem: Why it could not, in a few words; empty if it could.
    """

    notes: tuple[tuple[float, float], ...]
    problem: str = ""


def cut_run(path: str | Path, n_notes: int) -> Cut:
    """Cut the recording of a chromatic run, upwards, into its notes.

    Besides what :func:`cut_notes` checks, the notes must not say that one was played twice while
    another was left out, which leaves their number as it is: a step of no semitone, and one of two.

    Args:
        path: An audio file of any number of channels; their powers are added.
        n_notes: How many notes it holds.

    Raises:
        AudioError: If the file cannot be decoded.
    """
    levels_db, hop_s = file_levels(path)
    cut = cut_notes(levels_db, n_notes, hop_s=hop_s)
    steps = steps_in_semitones(path, cut.notes)
    if steps and min(steps) < 0.5 and max(steps) > 1.5:
        return Cut((), "it does not rise by one semitone after another")
    return cut


def cut_notes(levels_db: np.ndarray, n_notes: int, *, hop_s: float) -> Cut:
    """Cut a recording into notes by its level alone.

    A note is a rise of the level out of its surroundings. How far each rises is its prominence:
    how far the level falls, on the way to a louder one, below its own. The ``n_notes`` most
    prominent rises are the notes if each stands out by 6 dB or more, and the next one, a dip within
    a note or a noise between two, is clearly (4 dB) less prominent. So silence between notes is not
    needed, and a recording that holds one note more or less than its name says is not cut.

    Args:
        levels_db: Level of each ``hop_s``.
        n_notes: How many notes there are, at least 1.
        hop_s: About 10 ms.
    """
    levels = np.maximum(levels_db, levels_db.max(initial=_LOWEST_DB) + _LOWEST_DB)
    rises = sorted(_rises(levels), reverse=True)
    usual = np.median([levels[peak] for _, peak in rises[:n_notes]]) if rises else 0.0
    rises = [(height, peak) for height, peak in rises if levels[peak] > usual - _SOFTEST_DB]
    prominent = [height for height, _ in rises if height >= _LEAST_DIP_DB]
    following = rises[n_notes][0] if len(rises) > n_notes else 0.0
    if len(prominent) < n_notes or prominent[n_notes - 1] - following < _CLEARANCE_DB:
        return Cut((), _problem(prominent, n_notes))
    frames = _between(levels, sorted(peak for _, peak in rises[:n_notes]))
    notes = [(round(start * hop_s, 3), round(end * hop_s, 3)) for start, end in frames]
    if any(end - start < _SHORTEST_S for start, end in notes):
        return Cut((), f"one of its notes lasts less than {_SHORTEST_S} s")
    return Cut(tuple(notes))


def _rises(levels: np.ndarray) -> list[tuple[float, int]]:
    """Return prominence and place of every local maximum; the highest has all of the range.

    From the top down, every frame joins the rise beside it. Where two meet, the lower one ends: the
    level at which they meet is the dip between them.
    """
    top_of: dict[int, int] = {}  # of the first and last frame of a rise, the frame of its maximum
    reach: dict[int, int] = {}  # of the first frame of a rise its last one, and the other way round
    rises = []
    for frame in np.argsort(-levels, kind="stable").tolist():
        first = last = top = frame
        tops = [top_of[side] for side in (frame - 1, frame + 1) if side in top_of]
        if frame - 1 in reach:
            first = reach[frame - 1]
        if frame + 1 in reach:
            last = reach[frame + 1]
        if tops:
            top = max(tops, key=lambda peak: (levels[peak], -peak))
            rises += [(float(levels[p] - levels[frame]), p) for p in tops if p != top]
        reach[first], reach[last] = last, first
        top_of[first] = top_of[last] = top
    if len(levels):
        highest = top_of[0]
        rises.append((float(levels[highest] - levels.min()), highest))
    return rises


def _problem(prominences: list[float], n_notes: int) -> str:
    n_seeming = _seeming(prominences)
    if n_seeming == n_notes:
        return f"its level does not show {n_notes} notes clearly"
    return f"its level shows {n_seeming} notes, not {n_notes}"


def _seeming(prominences: list[float]) -> int:
    """Return how many prominences, in falling order, come before the widest step between two."""
    if len(prominences) < 2:
        return len(prominences)
    # That of the loudest note is the whole range: it says nothing about dips.
    steps = -np.diff([prominences[1], *prominences[1:], 0.0])
    return int(np.argmax(steps)) + 1


def _between(levels: np.ndarray, peaks: list[int]) -> list[tuple[int, int]]:
    """Return the first frame of the note around each peak, and the one after its last."""
    dips = [left + int(np.argmin(levels[left:right])) for left, right in pairwise(peaks)]
    notes = []
    for peak, begin, end in zip(peaks, [0, *dips], [*dips, len(levels)], strict=True):
        start = peak - _reach(levels[begin : peak + 1][::-1])
        stop = peak + _reach(levels[peak:end])
        notes.append((start, stop + 1))
    return notes


def _reach(levels: np.ndarray) -> int:
    """Return how many frames a note lasts from its peak, the first, towards a dip or an end."""
    peak, quietest = levels[0], levels.min()
    if peak - quietest < _LEAST_DIP_DB:  # the file begins or ends within the note
        return len(levels) - 1
    silent = levels < max(peak - _ONSET_DB, quietest + _ABOVE_REST_DB)
    return int(np.flatnonzero(silent)[0])
