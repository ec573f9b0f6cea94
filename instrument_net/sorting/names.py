"""Names that nothing has yet."""

from __future__ import annotations

import os
from collections.abc import Container
from itertools import count
from pathlib import Path


def free_name(folder: Path, name: str, taken: Container[Path] = ()) -> str:
    """Return a name, with a number before its ending where the folder has the name already.

    Args:
        folder: Need not exist.
        name: Of a file.
        taken: Paths that will be taken, too.

    >>> free_name(Path("."), "no such file.wav")
    'no such file.wav'
    >>> free_name(Path("."), "clip.wav")
    'clip (2).wav'
    """
    stem, ending = Path(name).stem, Path(name).suffix
    for number in count(1):
        free = name if number == 1 else f"{stem} ({number}){ending}"
        if folder / free not in taken and not os.path.lexists(folder / free):
            return free
    raise AssertionError
