"""A corpus that is a folder of folders: ``label/clip.wav``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instrument_net.data.manifest import Manifest, ManifestError, check_names, checked_manifest
from instrument_net.files import EMPTY_FOLDER, PassedOver, described, find_audio_below


@dataclass(frozen=True)
class FolderCorpus:
    """Clips sorted into one folder per label, at any depth below it.

    A folder between label and clip names the recording (``violin/session_2/a4.wav``), and all
    clips in it stay in one split; beside such folders, a clip directly below its label is its own
    recording. Where there are none, nothing is known about recordings.

    Attributes:
        path: The folder that holds the label folders.

    >>> FolderCorpus("recordings").read().class_names
    ('flute', 'oboe')
    """

    path: str | Path

    def read(self) -> Manifest:
        """List the clips.

        Raises:
            ManifestError: If the folder is missing, holds no label folder with audio in it, has
                audio files outside any label folder, holds a single label, or two that differ only
                in spelling.
        """
        root = Path(self.path).resolve()
        if not root.is_dir():
            raise ManifestError(f"{root}: no such folder; data.path must hold one folder per label")
        found = find_audio_below(root)
        files = found.audio
        stray = [f.name for f in files if f.parent == root]
        if stray:
            raise ManifestError(
                f"{root}: {len(stray)} audio file(s) lie outside any label folder ({stray[0]} ...);"
                " put each into a folder named after its label"
            )
        if not files:
            there = "; ".join(described(found.passed_over)) or "it is empty"
            raise ManifestError(f"{root}: no audio file below a label folder: {there}")
        check_names(files)
        rows = [(f, f.relative_to(root)) for f in files]
        table = pd.DataFrame(
            {
                "path": [str(f) for f, _ in rows],
                "label": [inside.parts[0].strip() for _, inside in rows],
                "recording_id": [
                    str(inside.parent if len(inside.parts) > 2 else inside) for _, inside in rows
                ],
                "start_s": 0.0,
                "duration_s": float("nan"),
            },
            index=pd.RangeIndex(1, len(rows) + 1, name="row"),
        )
        if all(len(inside.parts) == 2 for _, inside in rows):
            table = table.drop(columns="recording_id")
        passed_over = tuple(_with_classes(found.passed_over, root))
        return replace(checked_manifest(table, root), passed_over=passed_over)


def _with_classes(passed_over: Iterable[PassedOver], root: Path) -> Iterator[PassedOver]:
    for entry in passed_over:
        is_class = entry.kind == EMPTY_FOLDER and Path(entry.path).parent == root
        yield replace(entry, kind="class without audio") if is_class else entry
