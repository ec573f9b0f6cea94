"""Files that are either complete or absent, and lists of audio files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".mp3", ".aif", ".aiff", ".aifc"})


@contextmanager
def written_atomically(path: Path) -> Iterator[Path]:
    """Yield a temporary name to write a file under; it is renamed to ``path`` when it is complete.

    Missing folders are created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    yield part
    part.replace(path)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file at once, see :func:`written_atomically`."""
    with written_atomically(path) as part:
        part.write_bytes(content)


def audio_files_below(folder: Path) -> list[Path]:
    """Return all audio files in a folder and below, sorted, without hidden ones."""
    files = (f for f in folder.rglob("*") if f.suffix.lower() in AUDIO_SUFFIXES)
    return sorted(
        f for f in files if not any(p.startswith(".") for p in f.relative_to(folder).parts)
    )


def audio_files(inputs: Iterable[Path]) -> list[Path]:
    """Return the files that are named, of any kind, and the audio files of the folders."""
    return [
        file
        for entry in inputs
        for file in (audio_files_below(entry) if entry.is_dir() else [entry])
    ]
