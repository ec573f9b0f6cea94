"""A JSON file of Good-sounds: an object a number -> its values by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from instrument_net.data.corpora.published.facts import CorpusFacts
from instrument_net.data.corpora.published.listing import find_below
from instrument_net.data.manifest import ManifestError


def numbered_entries(
    folder: Path, name: str, needed: Sequence[str], facts: CorpusFacts
) -> dict[str, dict[str, Any]]:
    """Return what a metadata file lists: number, as text -> values by name, by rising numbers.

    Args:
        folder: In which, or below which, the file lies.
        name: Of the file.
        needed: Names that every entry must have.
        facts: Of the corpus.

    Raises:
        ManifestError: If the file is not there, cannot be read, or holds something else.
    """
    path = find_below(folder, name)
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestError(
            f"{path}: cannot be opened ({error.strerror}); expected: {facts.layout}"
        ) from error
    except ValueError as error:
        raise ManifestError(
            f"{path}: not the JSON file of {facts.title} ({error}); fetch it again"
        ) from error
    if not isinstance(entries, dict) or not all(
        number.isdecimal() and isinstance(entry, dict) and set(needed) <= set(entry)
        for number, entry in entries.items()
    ):
        raise ManifestError(
            f"{path}: not the JSON file of {facts.title}: expected an object by number, each with "
            f"{', '.join(needed)}; fetch it again"
        )
    return {number: entries[number] for number in sorted(entries, key=int)}
