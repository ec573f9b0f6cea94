"""Fingerprints that were made once, in the folder of decoded clips, by the digest of each."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from instrument_net.data.fingerprint import N_VALUES
from instrument_net.files import written_atomically

_FORMAT = 1  # raise it whenever the same clip would have another fingerprint


def read_fingerprints(folder: Path) -> dict[str, np.ndarray]:
    """Return digest -> fingerprint, ``(400,)``; none where there is no such file or a damaged one.

    Args:
        folder: Of a store.
    """
    try:
        with _file(folder).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            digests, values = file["digests"], file["fingerprints"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if values.shape != (len(digests), N_VALUES):
        return {}
    return dict(zip(digests.tolist(), values, strict=True))


def write_fingerprints(folder: Path, known: Mapping[str, np.ndarray]) -> None:
    """Keep fingerprints; those of a run that wrote meanwhile are made again when they are needed.

    Args:
        folder: Of a store.
        known: Digest -> fingerprint; at least one.
    """
    with written_atomically(_file(folder)) as part, part.open("wb") as file:
        np.savez(file, digests=np.array([*known]), fingerprints=np.stack([*known.values()]))


def _file(folder: Path) -> Path:
    return folder / f"fingerprints_{_FORMAT}.npz"
