"""Decoded clips -> which of them are the same recording, at another level, cut, rate or codec.

The fingerprints of all pairs are compared first, which takes a product of matrices. The waveforms
of the pairs that are alike then say which are the same recording.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from instrument_net.data.fingerprint import fingerprint
from instrument_net.data.kept_array import kept_array
from instrument_net.data.kept_fingerprints import read_fingerprints, write_fingerprints
from instrument_net.data.same_recording import SAME, Alignable, alignable, similarity
from instrument_net.data.store import WaveformStore
from instrument_net.files import written_atomically
from instrument_net.progress import work_progress

_FORMAT = 1  # raise it whenever other pairs would be found
_LEAST_ALIKE = 0.8  # of two fingerprints
_MOST_ALIKE = 8  # neighbours of each clip whose waveforms are compared
_ROWS = 512  # of the product of matrices at a time
_IN_MEMORY = 512  # clips ready to be aligned, 0.5 MB each

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def near_equal_pairs(store: WaveformStore, parts: Sequence[int] | None = None) -> pd.DataFrame:
    """Return the pairs of clips that are the same recording and differ in their samples.

    Args:
        store: Of the clips. Their fingerprints are kept in its folder.
        parts: Of each clip, which part it belongs to: then only clips of different parts are
            compared.

    Returns:
        A row a pair: ``first`` and ``second``, positions in the store, and ``score``, see
        :func:`instrument_net.data.same_recording.similarity`. Of clips that are equal sample for
        sample, the first stands for all of its part.
    """
    places = pd.DataFrame({"digest": store.digests, "part": 0 if parts is None else parts})
    once = places.drop_duplicates()
    positions, sides = once.index.to_numpy(), once["part"].to_numpy()
    alike = _alike(_fingerprints(store)[positions], sides if parts is not None else None)
    pairs = [
        (int(positions[one]), int(positions[other]))
        for one, other in alike
        if once["digest"].iloc[one] != once["digest"].iloc[other]
    ]
    rows = [row for row in _scored(store, pairs) if row[2] >= SAME]
    return pd.DataFrame(rows, columns=["first", "second", "score"])


def recordings(store: WaveformStore) -> list[str]:
    """Return a name for the recording of each clip: equal where clips are the same recording.

    It is the digest of the first clip of the recording. Who is the same as a third is the same.

    Args:
        store: Of the clips. What was found is kept in its folder.
    """
    path = store.folder / f"recordings_{_FORMAT}_{store.fingerprint}.npy"
    first = kept_array(path, len(store))
    if first is None:
        first = _first_of_recording(store)
        with written_atomically(path) as part, part.open("wb") as file:
            np.save(file, first)
    return [store.digests[position] for position in first]


def _first_of_recording(store: WaveformStore) -> np.ndarray:
    """Return the position of the first clip of each clip's recording, ``(n_clips,)``."""
    pairs = near_equal_pairs(store)
    positions = pd.Series(np.arange(len(store)))
    equal = positions.groupby(list(store.digests)).transform("min")  # sample for sample
    rows = np.concatenate([pairs["first"], positions]).astype(int)
    columns = np.concatenate([pairs["second"], equal]).astype(int)
    shape = (len(store), len(store))
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    _, recording = connected_components(links, directed=False)
    return positions.groupby(recording).transform("min").to_numpy()


def _fingerprints(store: WaveformStore) -> np.ndarray:
    """Return the fingerprint of every clip, ``(n_clips, 400)``; known ones are not made again."""
    known = read_fingerprints(store.folder)
    missing = {digest: k for k, digest in enumerate(store.digests) if digest not in known}
    if missing:
        made = _in_threads(
            "Fingerprints",
            "clips",
            lambda position: fingerprint(*_samples(store, position)),
            list(missing.values()),
        )
        known |= dict(zip(missing, made, strict=True))
        write_fingerprints(store.folder, known)
    return np.stack([known[digest] for digest in store.digests])


def _alike(values: np.ndarray, sides: np.ndarray | None) -> list[tuple[int, int]]:
    """Return the pairs, the first below the second, whose fingerprints are alike."""
    pairs = set()
    for begin in range(0, len(values), _ROWS):
        likeness = values[begin : begin + _ROWS] @ values.T
        rows = np.arange(len(likeness))
        likeness[rows, begin + rows] = -1
        if sides is not None:
            likeness[sides[begin : begin + _ROWS, None] == sides] = -1
        n_nearest = min(_MOST_ALIKE, likeness.shape[1])
        nearest = np.argpartition(-likeness, n_nearest - 1, axis=1)[:, :n_nearest]
        for row, others in zip(rows, nearest, strict=True):
            for other in others[likeness[row, others] >= _LEAST_ALIKE]:
                one = begin + int(row)
                pairs.add((min(one, int(other)), max(one, int(other))))
    return sorted(pairs)


def _scored(
    store: WaveformStore, pairs: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int, float]]:
    """Yield each pair with its score; the clips of one come one after the other."""

    @lru_cache(maxsize=_IN_MEMORY)
    def ready(position: int) -> Alignable:
        return alignable(*_samples(store, position))

    def score(pair: tuple[int, int]) -> tuple[int, int, float]:
        return (*pair, similarity(ready(pair[0]), ready(pair[1])))

    return iter(_in_threads("Comparing waveforms", "pairs", score, list(pairs)))


def _samples(store: WaveformStore, position: int) -> tuple[np.ndarray, int]:
    """Return the samples of a clip, without the zeros behind them, and their rate in hertz."""
    samples = store.batch([position])[0].numpy()
    return np.trim_zeros(samples, "b"), round(store.num_samples / store.clip_s)


def _in_threads(
    title: str, unit: str, work: Callable[[_Item], _Result], items: Sequence[_Item]
) -> list[_Result]:
    # Fourier transforms release the interpreter's lock.
    results = []
    with work_progress(unit) as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
        bar = progress.add_task(title, total=len(items))
        for result in pool.map(work, items):
            results.append(result)
            progress.advance(bar)
    return results
