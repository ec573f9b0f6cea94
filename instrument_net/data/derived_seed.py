"""A seed that follows from another one and a number: of an epoch, of a process."""

from __future__ import annotations

import hashlib


def derived_seed(seed: int, kind: str, number: int) -> int:
    """Return a seed below 2^63, far from that of any other number.

    Args:
        seed: Of the run.
        kind: What is counted: the same number of another kind has another seed.
        number: Which one.
    """
    digest = hashlib.blake2b(f"{seed} {kind} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
