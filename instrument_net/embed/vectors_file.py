"""Vectors in a file: written whole, and read back, in the format that its ending names."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from instrument_net.embed.npz import read_npz, write_npz
from instrument_net.embed.parquet import read_parquet, write_parquet
from instrument_net.embed.vectors import FileVectors
from instrument_net.errors import InputError
from instrument_net.extras import missing
from instrument_net.files import printable, written_atomically

_FORMATS = {".npz": (read_npz, write_npz), ".parquet": (read_parquet, write_parquet)}
ENDINGS = tuple(_FORMATS)
_PACKAGES = {".parquet": "pyarrow"}  # of extras


def check_format(path: Path) -> None:
    """Refuse a file whose format cannot be read or written here, before any work.

    Raises:
        InputError: Naming the package that is not installed.
    """
    package = _PACKAGES.get(path.suffix.lower())
    if package and find_spec(package) is None:
        raise InputError(f"{printable(path)}: {missing(package)}")


def write_vectors(vectors: FileVectors, path: Path) -> None:
    """Write ``path``, ``label``, ``probability``, ``vector`` and ``model``.

    Args:
        vectors: The files, a row each.
        path: ``.npz``, NumPy's arrays of these names, ``model`` a single one; or ``.parquet``, a
            table with these columns.

    Raises:
        InputError: If the file cannot be written.
    """
    _, write = _FORMATS[path.suffix.lower()]
    try:
        with written_atomically(path) as part, part.open("wb") as file:
            write(vectors, file)
    except OSError as error:
        raise InputError(f"{printable(path)}: cannot be written: {error.strerror}") from error


def read_vectors(path: Path) -> FileVectors:
    """Return what :func:`write_vectors` wrote; no code is run from it.

    Raises:
        InputError: If it cannot be read, or holds anything else.
    """
    read, _ = _FORMATS[path.suffix.lower()]
    try:
        with path.open("rb") as file:
            vectors = read(file)
        rows = vectors.vectors.shape[:1]
        if {(len(vectors.paths),), (len(vectors.labels),), vectors.probabilities.shape} != {rows}:
            raise ValueError("columns of different lengths")
    except Exception as error:  # whatever a reader stumbles over in bytes of another origin
        reason = (error.strerror if isinstance(error, OSError) else None) or "no such content"
        raise InputError(
            f"{printable(path)}: cannot be read as vectors: {reason}; write it with --out"
        ) from error
    return vectors
