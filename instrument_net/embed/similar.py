"""The files whose vectors point where another one does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from instrument_net.embed.vectors import FileVectors


def most_similar(vectors: FileVectors, vector: npt.NDArray[np.float32]) -> list[tuple[int, float]]:
    """Return (row, cosine similarity) of all files, the most similar first.

    The output layer follows a ReLU in most networks: their vectors have no negative values, and
    even unlike sounds a similarity above 0. Only its order means something.

    Args:
        vectors: The files.
        vector: Of the same network, ``(width,)``. A vector of zeros is similar to none: 0.

    >>> rows = np.eye(2, dtype=np.float32)
    >>> files = FileVectors(("a", "b"), ("x", "y"), rows[0], rows, "")
    >>> most_similar(files, np.array([0.0, 2.0], np.float32))
    [(1, 1.0), (0, 0.0)]
    """
    lengths = np.linalg.norm(vectors.vectors, axis=1) * np.linalg.norm(vector)
    products = vectors.vectors @ vector
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return [(int(row), float(cosines[row])) for row in np.argsort(-cosines, kind="stable")]
