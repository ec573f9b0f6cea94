"""TinySOL: single notes of 14 orchestral instruments, with five official folds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
from instrument_net.data.corpora.published.listing import (
    corpus_folder,
    find_below,
    listed_manifest,
    metadata_rows,
)
from instrument_net.data.corpora.published.sol import SOL_CITATION, sol_clips
from instrument_net.data.manifest import Manifest

_METADATA = "TinySOL_metadata.csv"
_ADDRESS = "https://zenodo.org/record/3685367/files"

FACTS = CorpusFacts(
    name="tinysol",
    title="TinySOL 6.0",
    n_classes=14,
    n_clips=2913,
    hours=None,
    licence="CC BY 4.0",
    citation=SOL_CITATION,
    page="https://zenodo.org/record/3685367",
    official_split="5 folds (average them)",
    beware="one library: training and test share its instruments",
    layout=f"{_METADATA}, and FAMILY/INSTRUMENT/ordinario/*.wav as it names them",
    files=(
        RemoteFile(f"{_ADDRESS}/{_METADATA}?download=1", "md5:a86c9bb115f69e61f2f25872e397fc4a"),
        RemoteFile(f"{_ADDRESS}/TinySOL.tar.gz?download=1", "md5:36030a7fe389da86c3419e5ee48e3b7f"),
    ),
    size=1_027_234_761,
)


@dataclass(frozen=True)
class TinySolCorpus:
    """Notes that ``TinySOL_metadata.csv`` lists; labels are its instruments (``bass_tuba``).

    The official folds are in the column ``fold``. Where a run has no folds, the first of them (0)
    is tested, and the others train and validate.

    Attributes:
        path: The folder that holds the metadata and the audio.
    """

    path: str | Path

    def listed(self) -> pd.DataFrame:
        """Return one row a note of the metadata."""
        folder = corpus_folder(self.path, FACTS)
        metadata = find_below(folder, _METADATA)
        rows = metadata_rows(metadata, ("Path", "Fold", "Instrument (in full)", "Pitch ID"), FACTS)
        return sol_clips(rows, folder)

    def read(self) -> Manifest:
        """Return the checked table of the notes whose files are there.

        Raises:
            ManifestError: If the folder, the metadata, or every note is missing.
        """
        return listed_manifest(self.listed(), corpus_folder(self.path, FACTS), FACTS)
