"""Medley-solos-DB: solo recordings of eight instruments, tested on another collection."""

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
from instrument_net.data.corpora.published.snake_case import snake_case
from instrument_net.data.manifest import Manifest, ManifestError

_METADATA = "Medley-solos-DB_metadata.csv"
_ADDRESS = "https://zenodo.org/record/3464194/files"
# The corpus' names of the splits -> ours.
_SPLITS = {"training": "train", "validation": "validation", "test": "test"}

FACTS = CorpusFacts(
    name="medley_solos_db",
    title="Medley-solos-DB 1.2",
    n_classes=8,
    n_clips=21_571,
    hours=17.8,
    licence="CC BY 4.0: see the page",
    citation="V. Lostanlen, C. E. Cella: Deep convolutional networks on the pitch spiral for "
    "musical instrument recognition, ISMIR 2016",
    page="https://zenodo.org/record/3464194",
    official_split="training, validation, test",
    beware="trained on one collection (MedleyDB) and tested on another (solosDB); classes are "
    "uneven, so give macro recall beside accuracy",
    layout=f"{_METADATA}, and Medley-solos-DB_SUBSET-CLASS_UUID.wav as it names them",
    files=(
        RemoteFile(f"{_ADDRESS}/{_METADATA}?download=1", "md5:fda6a589c56785f2195c9227809c521a"),
        RemoteFile(
            f"{_ADDRESS}/Medley-solos-DB.tar.gz?download=1",
            "md5:f5facf398793ef5c1f80c013afdf3e5f",
        ),
    ),
    keeps_whole=("recording_id",),
)


@dataclass(frozen=True)
class MedleySolosDbCorpus:
    """Clips of 3 s that ``Medley-solos-DB_metadata.csv`` lists.

    The official split is in the column ``split``; ``recording_id`` is the song.

    Attributes:
        path: The folder that holds the metadata and the audio.
    """

    path: str | Path

    def listed(self) -> pd.DataFrame:
        """Return one row a clip of the metadata.

        Raises:
            ManifestError: If folder or metadata are missing, or the metadata are other ones.
        """
        folder = corpus_folder(self.path, FACTS)
        metadata = find_below(folder, _METADATA)
        columns = ("subset", "instrument", "instrument_id", "song_id", "uuid4")
        rows = metadata_rows(metadata, columns, FACTS)
        unknown = sorted(set(rows["subset"]) - set(_SPLITS))
        if unknown:
            raise ManifestError(
                f"{metadata}: unknown subset {unknown[0]!r}; {FACTS.title} has {', '.join(_SPLITS)}"
            )
        names = [
            f"Medley-solos-DB_{row.subset}-{row.instrument_id}_{row.uuid4}.wav"
            for row in rows.itertuples()
        ]
        # The archive holds the audio directly; others have put it into a folder.
        audio = next(folder.rglob("Medley-solos-DB_*.wav"), folder / "none").parent
        return pd.DataFrame(
            {
                "path": [str(audio / name) for name in names],
                "label": rows["instrument"].map(snake_case),
                "recording_id": "song " + rows["song_id"],
                "split": rows["subset"].map(_SPLITS),
            }
        )

    def read(self) -> Manifest:
        """Return the checked table of the clips whose files are there.

        Raises:
            ManifestError: As :meth:`listed`, or if every clip is missing.
        """
        return listed_manifest(self.listed(), corpus_folder(self.path, FACTS), FACTS)
