"""A vector a file, with what it was named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from instrument_net.files import printable

if TYPE_CHECKING:
    from instrument_net.recognition.file_prediction import FilePrediction


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
            np.stack([result.vector.numpy() for result in results]).astype(np.float32),
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
