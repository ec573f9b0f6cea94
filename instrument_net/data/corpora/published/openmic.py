"""OpenMIC-2018: clips of music, of which those are used that have one instrument, as far as known.

The labels come from ``openmic-2018-aggregated-labels.csv``. ``openmic-2018.npz`` holds the same
probabilities as a matrix, 0.5 where nobody was asked, beside VGGish features that are not needed,
and names its rows by pickled objects, which are not opened here.
"""

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
from instrument_net.data.manifest import Manifest, ManifestError
from instrument_net.errors import InputError

_LABELS = "openmic-2018-aggregated-labels.csv"
_METADATA = "openmic-2018-metadata.csv"
_PARTITIONS = {"train": "split01_train.csv", "test": "split01_test.csv"}

FACTS = CorpusFacts(
    name="openmic",
    title="OpenMIC-2018 1.0",
    n_classes=20,
    n_clips=20_000,
    hours=55.6,
    licence="CC BY 4.0",
    citation=(
        "E. J. Humphrey, S. Durand, B. McFee: OpenMIC-2018: an open data-set for multiple "
        "instrument recognition, ISMIR 2018"
    ),
    page="https://zenodo.org/record/1432913",
    official_split="train, test",
    beware=(
        "a single-label subset of a multi-label corpus; music, labelled in part: where one "
        "instrument is known to play, others may that nobody was asked about"
    ),
    layout=(
        f"{_LABELS}, {_METADATA}, partitions/{_PARTITIONS['train']} and {_PARTITIONS['test']}, and "
        "audio/000/000046_3840.ogg"
    ),
    files=(
        RemoteFile(
            "https://zenodo.org/record/1432913/files/openmic-2018-v1.0.0.tgz?download=1",
            "md5:e4ccf187e2bb5ab2e115416e8aafe7f4",
        ),
    ),
    keeps_whole=("artist_id",),
)


@dataclass(frozen=True)
class OpenMicCorpus:
    """Clips of 10 s in which exactly one instrument is known to play, and nothing is in doubt.

    Annotators were asked about a few of the 20 instruments for each clip. The relevance of an
    answer is 1 if all said that the instrument plays, 0 if all said that it does not. A clip is
    used if one relevance is at least ``confidence`` and every other one at most ``1 - confidence``.
    Scores on this subset are no scores on OpenMIC, whose task has several labels a clip.

    Train and test are the official partition. Validation is taken from train, by whole artists.

    Attributes:
        path: The folder of the unpacked archive, or the one that it lies in.
        confidence: Above 0.5, at most 1. Three annotators of whom two agree give about 0.83.

    Raises:
        InputError: If ``confidence`` is not in that range.
    """

    path: str | Path
    confidence: float = 0.8

    def __post_init__(self) -> None:
        """Refuse a confidence at which a clip may have an instrument and not have it."""
        if not 0.5 < self.confidence <= 1:
            raise InputError(
                f"confidence must be above 0.5 and at most 1, got {self.confidence}; 1 uses clips "
                "that all annotators agree on"
            )

    def listed(self) -> pd.DataFrame:
        """Return one row a clip, without a label where more or less than one is known.

        Raises:
            ManifestError: If the folder or its metadata are missing, or the metadata are other
                ones.
        """
        folder = corpus_folder(self.path, FACTS)
        metadata = find_below(folder, _METADATA)
        tracks = metadata_rows(metadata, ("sample_key", "artist_id"), FACTS)
        artists = dict(zip(tracks["sample_key"], tracks["artist_id"], strict=True))
        labels = self._single_labels(find_below(folder, _LABELS))
        splits = _partition(folder)
        keys = sorted(artists)
        root = metadata.parent
        return pd.DataFrame(
            {
                "path": [str(root / "audio" / key[:3] / f"{key}.ogg") for key in keys],
                "label": [labels.get(key, "") for key in keys],
                "recording_id": [key.partition("_")[0] for key in keys],
                "artist_id": [artists[key] for key in keys],
                "split": [splits.get(key, "") for key in keys],
            }
        )

    def read(self) -> Manifest:
        """Return the checked table of the clips of the subset whose files are there.

        Raises:
            ManifestError: As :meth:`listed`, or if every clip is missing.
        """
        listed = self.listed()
        chosen = listed[listed["label"] != ""]
        if chosen.empty:
            raise ManifestError(
                f"{self.path}: no clip of {FACTS.title} has exactly one instrument at confidence "
                f"{self.confidence}"
            )
        return listed_manifest(chosen, corpus_folder(self.path, FACTS), FACTS)

    def _single_labels(self, path: Path) -> dict[str, str]:
        """Return clip -> its only instrument, of those that have one and nothing in doubt."""
        answers = metadata_rows(path, ("sample_key", "instrument", "relevance"), FACTS)
        relevance = pd.to_numeric(answers["relevance"], errors="coerce")
        bad = ~relevance.between(0, 1)
        if bad.any():
            first = answers[bad].iloc[0]
            raise ManifestError(
                f"{path}: the relevance of {first['instrument']} in {first['sample_key']} must be "
                f"a number from 0 to 1, got {first['relevance']!r}; fetch the file again"
            )
        plays = relevance >= self.confidence
        # Not 1 - confidence <= relevance: that difference is not exact.
        doubtful = ~plays & (1 - relevance < self.confidence)
        of_clip = answers["sample_key"]
        alone = plays.groupby(of_clip).transform("sum") == 1
        certain = doubtful.groupby(of_clip).transform("sum") == 0
        chosen = answers[plays & alone & certain]
        return dict(zip(chosen["sample_key"], chosen["instrument"], strict=True))


def _partition(folder: Path) -> dict[str, str]:
    """Return clip -> official split. The files have one clip a line, and no header."""
    splits: dict[str, str] = {}
    for split, name in _PARTITIONS.items():
        path = find_below(folder, name)
        try:
            keys = path.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no text"
            raise ManifestError(
                f"{path}: cannot be opened ({reason}); expected: {FACTS.layout}"
            ) from error
        splits |= dict.fromkeys(keys, split)
    return splits
