"""Numbers of a corpus in words; what is not known is called so."""

from __future__ import annotations

NOT_KNOWN = "not known"


def known(number: float | None) -> str:
    """Return a number with separators, or that it is not known.

    >>> known(305_979), known(None)
    ('305,979', 'not known')
    """
    return NOT_KNOWN if number is None else f"{number:,}"


def size_in_words(n_bytes: int | None) -> str:
    """Return a number of bytes in MB or GB, or that it is not known.

    >>> size_in_words(25_233_566_634), size_in_words(2_600_000), size_in_words(None)
    ('25.2 GB', '2.6 MB', 'not known')
    """
    if n_bytes is None:
        return NOT_KNOWN
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.1f} MB"
