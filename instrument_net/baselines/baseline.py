"""What every baseline offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from instrument_net.errors import InputError
from instrument_net.frontend import FrontEnd

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Score = Callable[[Array], float]
"""Probabilities of the validation clips, ``(n_clips, n_classes)`` -> a number; higher is better."""


class BaselineError(InputError):
    """A baseline that cannot be used; the message states what to do."""


@dataclass(frozen=True)
class SplitData:
    """The clips of one split, as a baseline sees them.

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
        """Everything that the numbers depend on, as plain values."""
        ...

    def __call__(self, waveform: npt.NDArray[np.int16]) -> Array:
        """Return ``(n_descriptors,)`` of one clip ``(num_samples,)``, padded with zeros."""
        ...


class Baseline(Protocol):
    """Descriptors of a clip -> probabilities."""

    def descriptor(self, front_end: FrontEnd) -> Descriptor:
        """Return what describes a clip, for waveforms as this front end takes them."""
        ...

    def fit(self, train: SplitData, validation: SplitData, score: Score) -> None:
        """Fit to the training split; choose whatever is chosen on the validation split.

        Args:
            train: What the baseline learns from.
            validation: What it chooses its own settings by.
            score: Of its probabilities of the validation clips; the settings with the highest
                score are kept.
        """
        ...

    def probabilities(self, descriptors: Array) -> Array:
        """Return ``(n_clips, n_classes)``, rows sum to 1."""
        ...

    def describe(self) -> str:
        """Return in a few words what was fitted, and what was chosen."""
        ...
