"""How sure a network may be of unseen sources: what a checkpoint keeps of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from instrument_net.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

KEY = "certainty"  # in a checkpoint, and in the settings of an exported file
UNSURE = "unsure"  # in place of a class


@dataclass(frozen=True)
class Certainty:
    """What leave-one-source-out predictions say about a network's certainty.

    Attributes:
        temperature: Divides the logits; above 1 where the network was too sure. The order of the
            classes stays, and with it every score that depends on the order alone.
        least_probability: Coverage -> the least probability with which a class is in the set of
            that coverage. A coverage for which there were too few sources is not in it.
        unsure_below: A clip whose most probable class is less probable is ``unsure``.
        origin: Where the numbers come from, in words.
        measured: How good the same predictions were, plain values: see
            :func:`instrument_net.evaluation.kept_scores.kept_scores`. Empty: not known.

    Raises:
        InputError: If the temperature is not above 0 and finite.

    References:
        Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.
    """

    temperature: float
    least_probability: Mapping[float, float]
    unsure_below: float
    origin: str
    measured: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what gives no probabilities."""
        if not 0 < self.temperature < math.inf:
            raise InputError(f"temperature must be above 0 and finite, got {self.temperature}")

    def scaled(self, logits: Tensor) -> Tensor:
        """Return probabilities that are as high as the network is often right; rows sum to 1.

        Args:
            logits: ``(n_clips, n_classes)``.
        """
        return (logits / self.temperature).softmax(dim=1)

    def named_sets(
        self, probabilities: Tensor, coverage: float, class_names: Sequence[str]
    ) -> list[tuple[str, ...]]:
        """Return the classes in the set of each clip by name, the most probable first.

        Args:
            probabilities: Scaled, ``(n_clips, n_classes)``.
            coverage: See :meth:`sets`, also for errors.
            class_names: Name of each column.
        """
        held = self.sets(probabilities, coverage)
        order = probabilities.argsort(dim=1, descending=True, stable=True)
        return [
            tuple(class_names[index] for index in ranks.tolist() if own[index])
            for ranks, own in zip(order, held, strict=True)
        ]

    def sets(self, probabilities: Tensor, coverage: float) -> Tensor:
        """Return which classes are in the set of each clip, bool ``(n_clips, n_classes)``.

        The most probable class always is.

        Args:
            probabilities: Scaled, ``(n_clips, n_classes)``.
            coverage: Share of the clips whose set holds the true class: one of
                ``least_probability``.

        Raises:
            InputError: If there is no such coverage; with those that there are.
        """
        self.check_coverage(coverage)
        best = probabilities.amax(dim=1, keepdim=True)
        return (probabilities >= self.least_probability[coverage]) | (probabilities == best)

    def check_coverage(self, coverage: float) -> None:
        """Refuse a coverage for which there are no sets.

        Raises:
            InputError: With those that there are.
        """
        if coverage not in self.least_probability:
            known = ", ".join(f"{each:g}" for each in sorted(self.least_probability))
            raise InputError(
                f"no sets of coverage {coverage:g}: this checkpoint has {known or 'none'}"
            )

    def is_unsure(self, probabilities: Tensor) -> Tensor:
        """Return whether no class explains a clip, bool ``(n_clips,)``.

        Args:
            probabilities: Scaled, ``(n_clips, n_classes)``.
        """
        return probabilities.amax(dim=1) < self.unsure_below

    def plain(self) -> dict[str, Any]:
        """Return the same as numbers and texts alone, for a checkpoint or JSON."""
        return {
            "temperature": self.temperature,
            "least_probability": {f"{c:g}": p for c, p in self.least_probability.items()},
            "unsure_below": self.unsure_below,
            "origin": self.origin,
            "measured": dict(self.measured),
        }

    @classmethod
    def kept_in(cls, content: Mapping[str, Any]) -> Self | None:
        """Return what a checkpoint or the settings of an exported file keep; ``None`` if nothing.

        Raises:
            InputError: See :meth:`from_plain`.
        """
        kept = content.get(KEY)
        return None if kept is None else cls.from_plain(kept)

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`plain` made numbers and texts of.

        Raises:
            InputError: If one is missing or out of its range.
        """
        try:
            least = {float(c): float(p) for c, p in kept["least_probability"].items()}
            temperature, unsure_below = float(kept["temperature"]), float(kept["unsure_below"])
            origin, measured = str(kept["origin"]), dict(kept.get("measured", {}))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"its {KEY} cannot be read: {error}") from error
        if not all(0 <= p <= 1 for p in (*least, *least.values(), unsure_below)):
            raise InputError(f"its {KEY} cannot be read: a probability is not in [0, 1]")
        return cls(temperature, least, unsure_below, origin, measured)
