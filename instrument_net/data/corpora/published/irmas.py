"""IRMAS: excerpts of music, labelled by their predominant instrument (the training part)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instrument_net.data.corpora.published.facts import CorpusFacts, RemoteFile
from instrument_net.data.corpora.published.listing import corpus_folder, listed_manifest
from instrument_net.data.manifest import Manifest, ManifestError

_FOLDER = "IRMAS-TrainingData"
# Folder -> label, and how many excerpts it has.
_CLASSES = {
    "cel": ("cello", 388),
    "cla": ("clarinet", 505),
    "flu": ("flute", 451),
    "gac": ("acoustic_guitar", 637),
    "gel": ("electric_guitar", 760),
    "org": ("organ", 682),
    "pia": ("piano", 721),
    "sax": ("saxophone", 626),
    "tru": ("trumpet", 577),
    "vio": ("violin", 580),
    "voi": ("voice", 778),
}
# As in 008__[cel][nod][cla]0058__1.wav: class, drums or none (not always given), genre, song.
_NAME = re.compile(r"\[\w{3}\](?:\[(?P<drums>dru|nod)\])?\[(?P<genre>\w+)\](?P<song>\d+)__\d+$")
_DRUMS = {"dru": "drums", "nod": "no drums"}

FACTS = CorpusFacts(
    name="irmas",
    title="IRMAS (training part)",
    n_classes=11,
    n_clips=sum(n for _, n in _CLASSES.values()),
    hours=5.6,
    licence="CC BY-NC-SA 3.0",
    citation="J. J. Bosch, J. Janer, F. Fuhrmann, P. Herrera: A comparison of sound segregation "
    "techniques for predominant instrument recognition in musical audio signals, ISMIR 2012",
    page="https://zenodo.org/record/1290750",
    official_split="none used (test has many labels)",
    beware="excerpts of mixed music, labelled by the predominant instrument; the official test "
    "part has several labels a clip and is not used",
    layout=f"{_FOLDER}/CLASS/*.wav, with the classes {', '.join(_CLASSES)}",
    files=(
        RemoteFile(
            f"https://zenodo.org/record/1290750/files/{_FOLDER}.zip?download=1",
            "md5:4fd9f5ed5a18d8e2687e6360b5f60afe",
        ),
    ),
    keeps_whole=("recording_id",),
    clips_per_class=dict(_CLASSES.values()),
)


@dataclass(frozen=True)
class IrmasCorpus:
    """Excerpts of 3 s in one folder per class; ``recording_id`` is the song of the file's name.

    Attributes:
        path: The folder that holds ``IRMAS-TrainingData``, or is it.
    """

    path: str | Path

    def listed(self) -> pd.DataFrame:
        """Return one row an excerpt.

        Raises:
            ManifestError: If the folder, or every class folder, is missing.
        """
        folder = corpus_folder(self.path, FACTS)
        root = folder / _FOLDER if (folder / _FOLDER).is_dir() else folder
        files = [file for code in _CLASSES for file in sorted((root / code).glob("*.wav"))]
        if not files:
            raise ManifestError(f"{folder}: holds no excerpt of {FACTS.title}: {FACTS.layout}")
        named = [_NAME.search(file.stem) for file in files]
        return pd.DataFrame(
            {
                "path": [str(file) for file in files],
                "label": [_CLASSES[file.parent.name][0] for file in files],
                "recording_id": [f"song {name['song']}" if name else "" for name in named],
                "genre": [name["genre"] if name else "" for name in named],
                "drums": [_DRUMS.get(name["drums"] or "", "") if name else "" for name in named],
            }
        )

    def read(self) -> Manifest:
        """Return the checked table of the excerpts.

        Raises:
            ManifestError: As :meth:`listed`.
        """
        return listed_manifest(self.listed(), corpus_folder(self.path, FACTS), FACTS)
