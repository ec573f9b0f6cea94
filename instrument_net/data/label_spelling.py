"""Labels that differ only in how they are written: one class that would silently become two."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

import pandas as pd

_SEPARATORS = re.compile(r"[\s_-]+")


def spelling_key(label: str) -> str:
    """Return a label without letter case, Unicode normal form, white space, ``_`` and ``-``.

    >>> spelling_key("Bass clarinet"), spelling_key("bass_clarinet")
    ('bassclarinet', 'bassclarinet')
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).casefold())
    return _SEPARATORS.sub("", folded)


def two_spellings(labels: pd.Series) -> str | None:
    """Return which labels of a corpus differ only in spelling, in words; ``None`` if none do.

    Args:
        labels: Of each clip.
    """
    counts = labels.value_counts()
    for _, same in groupby(sorted(counts.index, key=spelling_key), key=spelling_key):
        names = sorted(same, key=lambda name: (-counts[name], name))  # the most frequent first
        if len(names) > 1:
            listed = " and ".join(f"{_visible(name)} ({_clips(counts[name])})" for name in names)
            return (
                f"the labels {listed} differ only in spelling and would be {len(names)} classes: "
                f"name all of them {_visible(names[0])}"
            )
    return None


def other_spelling(labels: pd.Series, others: pd.Series, *, origin: object) -> str | None:
    """Return which label another corpus spells otherwise, in words; ``None`` if there is none.

    Args:
        labels: Of each clip of one corpus.
        others: Of each clip of the other corpus.
        origin: Where the other corpus is from.
    """
    known = {spelling_key(name): name for name in others.unique()}
    for name in sorted(labels.unique()):
        other = known.get(spelling_key(name), name)
        if other != name:
            return (
                f"its label {_visible(name)} ({_clips((labels == name).sum())}) differs only in "
                f"spelling from {_visible(other)} ({_clips((others == other).sum())}) of "
                f"{origin}, and they would be two classes: name it {_visible(other)}"
            )
    return None


def _clips(n: int) -> str:
    return f"{n} clip" if n == 1 else f"{n} clips"


def _visible(label: str) -> str:
    """Return a label in quotes, with its combining characters as escapes."""
    return repr(label) if unicodedata.is_normalized("NFC", label) else ascii(label)
