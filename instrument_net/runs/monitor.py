"""The metric that chooses: by its name in TensorBoard, with the direction that is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from instrument_net.configuration import ConfigurationError
from instrument_net.evaluation import Predictions, measure
from instrument_net.learning.metrics import DIRECTIONS, classification_metrics
from instrument_net.spelling import hint

_SPLIT = "validation/"


@dataclass(frozen=True)
class Monitor:
    """What the best checkpoint is best at, and what training stops for.

    Attributes:
        name: For example ``validation/macro_f1``.
        mode: ``max`` if higher is better, ``min`` if lower is.
        tested_epoch: ``best`` by this metric, or the ``last``.
    """

    name: str
    mode: Literal["min", "max"]
    tested_epoch: Literal["best", "last"] = "best"

    @classmethod
    def named(cls, name: object, tested_epoch: Literal["best", "last"] = "best") -> Self:
        """Return the monitor of this name.

        Raises:
            ConfigurationError: If no metric of validation has this name; with the nearest one.
        """
        known = {f"{_SPLIT}{metric}": mode for metric, mode in DIRECTIONS.items()}
        if name not in known:
            raise ConfigurationError(f"monitor={name}: no metric{hint(str(name), known)}")
        return cls(str(name), known[str(name)], tested_epoch)

    @property
    def watched_by_checkpoint(self) -> dict[str, str]:
        """What Lightning's checkpoint callback keeps the best state of."""
        if self.tested_epoch == "last":
            return {"monitor": "epoch", "mode": "max"}
        return {"monitor": self.name, "mode": self.mode}

    @property
    def choice(self) -> str:
        """Which state of a network is tested, in words."""
        last = self.tested_epoch == "last"
        return "the last epoch, tested once" if last else f"the best on {self.name}, tested once"

    def score(self, validation: Predictions) -> float:
        """Return the metric of validation clips, its sign turned where lower is better."""
        value = self.of(validation)
        return value if self.mode == "max" else -value

    def of(self, validation: Predictions) -> float:
        """Return the metric of validation clips, as training would log it of a network's."""
        metric = self.name.removeprefix(_SPLIT)
        if metric == "loss":
            return measure(validation).overall["log_loss"]
        metrics = classification_metrics(len(validation.class_names))
        return float(metrics(validation.probabilities, validation.labels)[metric])
