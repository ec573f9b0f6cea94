"""What every baseline offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class BaselineError(InputError):
    """A baseline that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Side:
    """The clips of one side of a split, as a baseline sees them.

    Attributes:
        descriptors: ``(n_clips, n_descriptors)``.
        labels: Class index of each clip, ``(n_clips,)``.
    """

    descriptors: Array
    labels: Labels


class Descriptor(Protocol):
    """Waveform -> numbers."""

    @property
    def settings(self) -> dict[str, object]:
        """Everything that changes the numbers, as plain values."""
        ...

    def __call__(self, waveform: npt.NDArray[np.int16]) -> Array:
        """Return ``(n_descriptors,)`` of one clip ``(num_samples,)``, padded with zeros."""
        ...


class Baseline(Protocol):
    """Descriptors of a clip -> probabilities."""

    def descriptor(self, front_end: FrontEnd) -> Descriptor:
        """Return what describes a clip, for waveforms as this front end takes them."""
        ...

    def fit(self, train: Side, validation: Side) -> None:
        """Learn from the training side; whatever is chosen is chosen on the validation side."""
        ...

    def probabilities(self, descriptors: Array) -> Array:
        """Return ``(n_clips, n_classes)``, rows sum to 1."""
        ...

    def describe(self) -> str:
        """Return in a few words what was fitted, and what was chosen."""
        ...
