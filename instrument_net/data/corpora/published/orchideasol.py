"""OrchideaSOL: notes of orchestral instruments in many techniques, with five official folds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
from instrument_net.errors import InputError

_METADATA = "OrchideaSOL_metadata.csv"
_ORDINARY = "ordinario"

FACTS = CorpusFacts(
    name="orchideasol",
    title="OrchideaSOL 2.0",
    n_classes=14,
    n_clips=13_265,
    hours=None,
    licence="Ircam Forum (audio)",
    citation=SOL_CITATION,
    page="https://zenodo.org/record/3740399",
    official_split="5 folds",
    beware="one library: training and test share its instruments; TinySOL is of the same project",
    layout=f"{_METADATA}, and FAMILY/INSTRUMENT/TECHNIQUE/*.wav as it names them",
    files=(
        RemoteFile(
            f"https://zenodo.org/record/3740399/files/{_METADATA}?download=1",
            "md5:a917eedb9e2ec8875cbc691a14c98069",
        ),
    ),
    size=1_918_409,
    ask="the audio (8.4 GB) is at forum.ircam.fr/projects/detail/orchideasol, with a free account "
    "of the Ircam Forum; unpack it beside the metadata",
)


@dataclass(frozen=True)
class OrchideaSolCorpus:
    """Notes that ``OrchideaSOL_metadata.csv`` lists; labels are its instruments (``bass_tuba``).

    Folds and splits are as in ``TinySolCorpus``.

    Attributes:
        path: The folder that holds the metadata and the audio.
        articulations: ``all``, or ``ordinario``: notes in the ordinary technique, without mute.

    Raises:
        InputError: If ``articulations`` is neither.
    """

    path: str | Path
    articulations: Literal["ordinario", "all"] = "ordinario"

    def __post_init__(self) -> None:
        """Check the option."""
        if self.articulations not in (_ORDINARY, "all"):
            raise InputError(f"articulations must be ordinario or all, got {self.articulations!r}")

    def listed(self) -> pd.DataFrame:
        """Return one row a note of the metadata, in every technique.

        Raises:
            ManifestError: If folder or metadata are missing, or the metadata are other ones.
        """
        folder = corpus_folder(self.path, FACTS)
        metadata = find_below(folder, _METADATA)
        columns = ("Path", "Fold", "Instrument (in full)", "Technique (in full)")
        return sol_clips(metadata_rows(metadata, columns, FACTS), folder)

    def read(self) -> Manifest:
        """Return the checked table of the chosen notes whose files are there.

        Raises:
            ManifestError: As :meth:`listed`, or if every note is missing.
        """
        listed = self.listed()
        if self.articulations == _ORDINARY:
            listed = listed[(listed["articulation"] == _ORDINARY) & (listed["mute"] == "")]
        return listed_manifest(listed, corpus_folder(self.path, FACTS), FACTS)
