"""The nearest right name to one that is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LEAST_SIMILARITY = 0.5  # of two names, from 0 to 1, see difflib.SequenceMatcher.ratio


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like a word, letter case aside; ``None`` if none is.

    Args:
        word: What was given.
        known: Names that would have been right.

    >>> nearest("Flut", ["flute", "oboe"])
    'flute'
    """
    names = {name.lower(): name for name in sorted(known)}
    near = get_close_matches(word.lower(), names, n=1, cutoff=_LEAST_SIMILARITY)
    return names[near[0]] if near else None


def hint(word: str, known: Iterable[str], *, prefix: str = "") -> str:
    """Return the end of a message about an unknown name: the nearest one, or all that are known.

    Args:
        word: What was given.
        known: Names that would have been right.
        prefix: Dotted key that stands before each of them.

    >>> hint("flut", ["flute", "oboe"])
    ": did you mean 'flute'?"
    >>> hint("gong", ["flute", "oboe"])
    '; known here: flute, oboe'
    """
    known = sorted(known)
    near = nearest(word, known)
    if near is not None:
        return f": did you mean {f'{prefix}.{near}' if prefix else near!r}?"
    return f"; known here: {', '.join(known)}" if known else "; nothing is known here"
