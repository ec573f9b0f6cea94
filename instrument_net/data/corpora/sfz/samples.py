"""The .sfz files in a folder, and the audio files that they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_SUFFIX = ".sfz"


def sfz_files(folder: Path) -> list[Path]:
    """Return all .sfz files below a folder that are not hidden, sorted; links are followed."""
    return sorted(_below(folder, set()))


class SampleFinder:
    """Finds samples by the names that .sfz files give them.

    Libraries are made on systems that do not distinguish letter case. So where there is no file of
    exactly this name, another letter case will do.
    """

    def __init__(self) -> None:
        self._listed: dict[Path, dict[str, str]] = {}

    def find(self, sfz: Path, sample: str) -> Path | None:
        """Return the file of a sample; ``None`` if there is none.

        Args:
            sfz: The file that was opened; samples are relative to it.
            sample: With ``/`` between folders.
        """
        exact = Path(os.path.normpath(sfz.parent / sample))
        try:
            return exact if exact.is_file() else self._find_in_other_case(exact)
        except (OSError, ValueError):  # too long, or with a NUL in it
            return None

    def _find_in_other_case(self, exact: Path) -> Path | None:
        place = Path(exact.anchor)
        for part in exact.parts[1:]:
            inside = place / part
            if not inside.exists():
                inside = place / self._names(place).get(part.lower(), part)
            if not inside.exists():
                return None
            place = inside
        return place if place.is_file() else None

    def _names(self, folder: Path) -> dict[str, str]:
        if folder not in self._listed:
            inside = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
            self._listed[folder] = {entry.name.lower(): entry.name for entry in inside}
        return self._listed[folder]


def _below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    try:
        found = folder.stat()
        entries = sorted(folder.iterdir())
    except OSError:  # a folder that may not be opened
        return
    if (found.st_dev, found.st_ino) in seen:  # a link that leads back
        return
    seen.add((found.st_dev, found.st_ino))
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _below(entry, seen)
        elif entry.suffix.lower() == _SUFFIX and entry.is_file():
            yield entry
