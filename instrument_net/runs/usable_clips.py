"""A look at clips before something long begins: ``python -m instrument_net.runs.usable_clips``.

``make best`` trains a network on synthetic instruments first. A table that cannot be read or
divided is better known before that hour than after it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from instrument_net.data import Split
from instrument_net.data.corpora import FolderCorpus, ManifestCorpus
from instrument_net.data.manifest import check_trainable
from instrument_net.errors import InputError
from instrument_net.escaping import for_screen
from instrument_net.runs.refusal import refuse


def describe_usable_clips(path: str | Path) -> str:
    """Return how many clips and classes a folder or a table has, once it can be divided.

    No audio is decoded: a file that is broken is found out later, and left out.

    Args:
        path: A folder with one folder per label, or a table of clips.

    Raises:
        InputError: If the folder or table cannot be used, or not be divided.
    """
    corpus = FolderCorpus(path) if Path(path).is_dir() else ManifestCorpus(path)
    manifest = corpus.read()
    check_trainable(manifest)
    Split().assign(manifest.clips)
    return f"{path}: {len(manifest.clips):,} clips of {len(manifest.class_names)} classes"


if __name__ == "__main__":
    try:
        described = describe_usable_clips(sys.argv[1])
    except InputError as error:
        refuse(str(error))
    Console().print(for_screen(described), highlight=False, soft_wrap=True)
