"""A corpus that is a folder of folders: ``label/clip.wav``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instrument_net.data.manifest import Manifest, ManifestError, checked_manifest
from instrument_net.files import AUDIO_SUFFIXES, audio_files_below


@dataclass(frozen=True)
class FolderCorpus:
    """Clips sorted into one folder per label, at any depth below it.

    A folder between label and clip names the recording (``violin/session_2/a4.wav``), and all
    clips in it stay in one split; a clip directly below its label is its own recording.

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
        files = audio_files_below(root)
        stray = [f.name for f in files if f.parent == root]
        if stray:
            raise ManifestError(
                f"{root}: {len(stray)} audio file(s) lie outside any label folder ({stray[0]} ...);"
                " put each into a folder named after its label"
            )
        if not files:
            raise ManifestError(
                f"{root}: no audio file below a label folder; known endings are "
                f"{', '.join(sorted(AUDIO_SUFFIXES))}"
            )
        rows = [(f, f.relative_to(root)) for f in files]
        table = pd.DataFrame(
            {
                "path": [str(f) for f, _ in rows],
                "label": [inside.parts[0] for _, inside in rows],
                "recording_id": [
                    str(inside.parent if len(inside.parts) > 2 else inside) for _, inside in rows
                ],
                "start_s": 0.0,
                "duration_s": float("nan"),
            },
            index=pd.RangeIndex(1, len(rows) + 1, name="row"),
        )
        return checked_manifest(table, root)
