"""Vectors as NumPy's arrays in one compressed file."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from instrument_net.embed.vectors import FileVectors


def write_npz(vectors: FileVectors, file: BinaryIO) -> None:
    """Write the arrays ``path``, ``label``, ``probability`` and ``vector``, and one ``model``."""
    np.savez_compressed(
        file,
        path=np.array(vectors.paths),
        label=np.array(vectors.labels),
        probability=vectors.probabilities,
        vector=vectors.vectors,
        model=np.array(vectors.model),
    )


def read_npz(file: BinaryIO) -> FileVectors:
    """Return what :func:`write_npz` wrote; no code is run from it.

    Raises:
        Exception: Whatever bytes of another origin cause.
    """
    with np.load(file, allow_pickle=False) as held:
        return FileVectors(
            tuple(map(str, held["path"])),
            tuple(map(str, held["label"])),
            held["probability"],
            held["vector"],
            str(held["model"]),
        )
