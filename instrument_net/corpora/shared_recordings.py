"""Two corpora -> the clips that are in both: equal sample for sample, or the same recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from instrument_net.data.corpora.corpus import Corpus
from instrument_net.data.corpora.published.registry import CORPORA
from instrument_net.data.corpora.sfz import SfzCorpus
from instrument_net.data.corpora.soundfont import SoundFontCorpus
from instrument_net.data.corpora.table import ManifestCorpus
from instrument_net.data.near_duplicates import near_equal_pairs
from instrument_net.data.store import WaveformStore
from instrument_net.errors import InputError
from instrument_net.files import find_audio_below
from instrument_net.frontend import FrontEnd

EQUAL, NEAR = "equal", "near"
_READERS: dict[str, Callable[[Path], Corpus]] = {
    "sfz": SfzCorpus,
    "soundfont": SoundFontCorpus,
    **{name: entry.corpus for name, entry in CORPORA.items()},
}


@dataclass(frozen=True)
class Overlap:
    """What two corpora share.

    Attributes:
        pairs: A row a pair of clips: ``path_a``, ``label_a``, ``path_b``, ``label_b``, ``kind``
            (``equal``: sample for sample, or ``near``) and ``score`` (1 for equal ones).
        clips: The clips that were compared: ``path``, ``label`` and ``part`` (0: of the first
            corpus, 1: of the second).
        unreadable: Why clips were not compared.
        within: Whether both are one corpus, whose clips were compared with each other.
    """

    pairs: pd.DataFrame
    clips: pd.DataFrame
    unreadable: tuple[str, ...]
    within: bool


def read_clips_of(text: str) -> pd.DataFrame:
    """Return the clips that an argument names: ``path``, ``label``, ``start_s``, ``duration_s``.

    Args:
        text: A folder of audio, whose outermost folders are the labels; a CSV table; or a corpus by
            its name, as ``tinysol=FOLDER``, ``sfz=FOLDER`` or ``soundfont=FILE``.

    Raises:
        InputError: If there is no such thing, or no audio in it.
    """
    name, separator, place = text.partition("=")
    if separator and name in _READERS:
        clips = _READERS[name](Path(place)).read().clips
    elif Path(text).is_file():
        clips = ManifestCorpus(text).read().clips
    elif Path(text).is_dir():
        clips = _clips_below(Path(text))
    else:
        known = ", ".join(f"{reader}=FOLDER" for reader in sorted(_READERS))
        raise InputError(
            f"{text}: no such file or folder; expected a folder of audio, a CSV table, or one of "
            f"{known}"
        )
    return clips[["path", "label", "start_s", "duration_s"]]


def overlap_of(first: str, second: str, store_dir: str | Path) -> Overlap:
    """Compare two corpora, or the clips of one with each other where both are the same.

    Args:
        first: See :func:`read_clips_of`.
        second: Likewise.
        store_dir: Folder of decoded waveforms.

    Raises:
        InputError: What is wrong with one of them; or if none of the clips can be decoded.
    """
    within = first == second
    tables = [read_clips_of(text) for text in ([first] if within else [first, second])]
    clips = pd.concat([table.assign(part=part) for part, table in enumerate(tables)])
    clips = clips.reset_index(drop=True)
    front_end = FrontEnd()
    store = WaveformStore(
        clips,
        store_dir,
        sample_rate_hz=front_end.sample_rate_hz,
        num_samples=front_end.num_samples,
        parts=[len(table) for table in tables],
    )
    kept = store.kept.reset_index(drop=True)
    if kept.empty:
        raise InputError(f"{first}: no clip can be decoded: {store.rejected['reason'].iloc[0]}")
    parts = None if within else kept["part"].tolist()
    near = near_equal_pairs(store, parts).assign(kind=NEAR)
    equal = _equal_pairs(store.digests, kept["part"], within=within).assign(kind=EQUAL, score=1.0)
    found = pd.concat([equal, near]) if len(near) else equal
    return Overlap(_described(found, kept), kept, tuple(store.rejected["reason"]), within=within)


def _clips_below(folder: Path) -> pd.DataFrame:
    files = [file.resolve() for file in find_audio_below(folder).audio]
    if not files:
        raise InputError(f"{folder}: no audio file in it")
    inside = [file.relative_to(folder.resolve()) if file.is_relative_to(folder.resolve()) else file
              for file in files]  # fmt: skip
    return pd.DataFrame(
        {
            "path": [str(file) for file in files],
            "label": [place.parts[0] if len(place.parts) > 1 else "" for place in inside],
            "start_s": 0.0,
            "duration_s": np.nan,
        }
    )


def _equal_pairs(digests: tuple[str, ...], parts: pd.Series, *, within: bool) -> pd.DataFrame:
    """Return each clip of the first corpus with the clips of the second that are equal to it."""
    clips = pd.DataFrame({"digest": digests, "part": parts, "position": np.arange(len(digests))})
    first, second = (clips, clips) if within else (clips[parts == 0], clips[parts == 1])
    pairs = first.merge(second, on="digest", suffixes=("_a", "_b"))
    if within:
        pairs = pairs[pairs["position_a"] < pairs["position_b"]]
    return pairs[["position_a", "position_b"]].set_axis(["first", "second"], axis=1)


def _described(found: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    # Of each pair the clip of the first corpus comes first: it is in front of the others.
    sides: dict[str, np.ndarray] = {}
    for side, column in (("a", "first"), ("b", "second")):
        rows = clips.loc[found[column].to_numpy(dtype=int)]
        sides |= {f"{what}_{side}": rows[what].to_numpy() for what in ("path", "label")}
    table = pd.DataFrame(
        sides | {"kind": found["kind"].to_numpy(), "score": found["score"].to_numpy(dtype=float)}
    )
    return table.sort_values(["path_a", "path_b"], ignore_index=True)
