"""Cuts of recordings into notes, made once: kept beside the outputs, not beside the recordings."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from instrument_net.data.corpora.published.iowa.onsets import Cut, cut_run
from instrument_net.files import write_atomically

_VERSION = 1  # raise it whenever the same recording would be cut elsewhere


def kept_cut(path: Path, n_notes: int, folder: Path) -> Cut:
    """Return how the recording of a run is cut, from an earlier time if its content was cut before.

    Args:
        path: The recording.
        n_notes: How many notes it holds.
        folder: Where cuts are kept, one small file each.

    Raises:
        AudioError: If the recording cannot be decoded.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:24]
    except OSError:  # its reader says why
        return cut_run(path, n_notes)
    kept = folder / f"{digest}-{n_notes}-v{_VERSION}.json"
    if kept.is_file():
        entries = json.loads(kept.read_text())
        return Cut(tuple((start, end) for start, end in entries["notes"]), entries["problem"])
    cut = cut_run(path, n_notes)
    content = json.dumps({"notes": cut.notes, "problem": cut.problem})
    write_atomically(kept, f"{content}\n".encode())
    return cut
