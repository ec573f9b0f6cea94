"""Arrays that were computed once and kept: found whole, or computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def kept_array(path: Path, n_rows: int, *, mapped: bool = False) -> np.ndarray[Any, Any] | None:
    """Return the array of a file; ``None`` if it is missing, cut, damaged or of other length.

    Args:
        path: A ``.npy`` file.
        n_rows: Length of its first axis.
        mapped: Leave it on disk, and read of it what is used.
    """
    try:
        array: np.ndarray[Any, Any] = np.load(
            path, mmap_mode="r" if mapped else None, allow_pickle=False
        )
    except (OSError, ValueError, EOFError):
        return None
    return array if array.ndim > 0 and len(array) == n_rows else None
