"""Class -> the name of its folder, which every file system takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from instrument_net.recognition.certainty import UNSURE
from instrument_net.recognition.file_prediction import SILENT

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_BYTES = 200  # of 255


def folder_names(class_names: Sequence[str]) -> dict[str, str]:
    """Return the folder of every class, and of ``silent`` and ``unsure``; all differ.

    They differ also where a file system does not tell capitals from small letters.

    Args:
        class_names: Any text.

    >>> folder_names(["flute", "drum/bass", "Unsure"])["drum/bass"]
    'drum_bass'
    >>> folder_names(["flute", "drum/bass", "Unsure"])["Unsure"]
    'Unsure (2)'
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in [SILENT, UNSURE, *class_names]:
        if label in names:  # a class of that name shares the folder
            continue
        name, number = _safe(label), 1
        while (folder := name if number == 1 else f"{name} ({number})").casefold() in taken:
            number += 1
        taken.add(folder.casefold())
        names[label] = folder
    return names


def _safe(label: str) -> str:
    name = _NOT_IN_NAMES.sub("_", label).strip(" .")
    name = name.encode("utf-8", "replace")[:_LONGEST_BYTES].decode("utf-8", "ignore")
    return f"{name}_" if not name or _OF_WINDOWS.fullmatch(name) else name
