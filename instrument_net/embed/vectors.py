"""A vector a file, with what it was named, in memory and in a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import torch

from instrument_net.errors import InputError
from instrument_net.files import printable, write_atomically
from instrument_net.recognition.file_prediction import FilePrediction

_KEYS = ("path", "label", "probability", "vector", "model")


@dataclass(frozen=True)
class FileVectors:
    """What the output layer of a network reads of each file.

    Attributes:
        paths: The files, printable.
        labels: The most probable class of each.
        probabilities: Of that class, float32 ``(n_files,)``.
        vectors: float32 ``(n_files, width)``, without unit: the mean of a file's windows, weighted
            as their probabilities are. Of an ensemble, the members' vectors side by side.
        model: Digest of the network's weights: vectors of other weights have another meaning.
    """

    paths: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]
    vectors: npt.NDArray[np.float32]
    model: str

    @classmethod
    def of_files(cls, results: Sequence[FilePrediction], model: str) -> Self:
        """Return the vectors of files that sound; at least one.

        Args:
            results: Predictions with vectors.
            model: Digest of the network, see
                :func:`~instrument_net.recognition.digest.digest_of`.
        """
        best = [result.ranking(1)[0] for result in results]
        return cls(
            tuple(printable(result.path) for result in results),
            tuple(label for label, _ in best),
            np.array([value for _, value in best], np.float32),
            torch.stack([result.vector for result in results]).numpy().astype(np.float32),
            model,
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the files of several, which are of one network, in order; at least one."""
        return cls(
            sum((part.paths for part in parts), ()),
            sum((part.labels for part in parts), ()),
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.vectors for part in parts]),
            parts[0].model,
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what :meth:`write` wrote; no code is run from it.

        Raises:
            InputError: If it cannot be read, or holds anything else.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                paths, labels, probabilities, vectors, model = (held[key] for key in _KEYS)
            if len({len(paths), len(labels), len(probabilities), len(vectors)}) > 1:
                raise ValueError("columns of different lengths")
        except Exception as error:  # whatever the reader stumbles over in bytes of another origin
            reason = (error.strerror if isinstance(error, OSError) else None) or "no such content"
            raise InputError(
                f"{printable(path)}: cannot be read as vectors: {reason}; write it with --out"
            ) from error
        return cls(
            tuple(map(str, paths)), tuple(map(str, labels)), probabilities, vectors, str(model)
        )

    def write(self, path: Path) -> None:
        """Write the arrays ``path``, ``label``, ``probability``, ``vector`` and ``model``.

        Raises:
            InputError: If the file cannot be written.
        """
        out = io.BytesIO()
        np.savez_compressed(
            out,
            path=np.array(self.paths),
            label=np.array(self.labels),
            probability=self.probabilities,
            vector=self.vectors,
            model=np.array(self.model),
        )
        try:
            write_atomically(path, out.getvalue())
        except OSError as error:
            raise InputError(f"{printable(path)}: cannot be written: {error.strerror}") from error
