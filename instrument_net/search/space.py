"""``conf/space/<name>.yaml`` -> the parameters that a trial draws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instrument_net.configuration import CONF_DIR, ConfigurationError
from instrument_net.spelling import hint

if TYPE_CHECKING:
    from optuna.trial import Trial

Value = str | int | float | bool | None

_DISTRIBUTIONS = ("uniform", "log_uniform", "integer", "choice")
# Trials are comparable only on the same clips.
_FIXED = ("data", "experiment", "folds", "name", "only", "resume_from", "run_dir", "seed", "split")
_FREE = ("data.batch_size", "data.sampling")


@dataclass(frozen=True)
class Parameter:
    """One line of a space.

    Attributes:
        key: Of the Hydra override: a dotted key, or a stage whose option is drawn.
        distribution: ``uniform``, ``log_uniform``, ``integer`` or ``choice``.
        values: Lower and upper limit, both included, or what is chosen from.
    """

    key: str
    distribution: str
    values: tuple[Any, ...]

    @property
    def is_stage(self) -> bool:
        """Whether an option of a stage is drawn, as in ``augment: {choice: [none, light]}``."""
        return (CONF_DIR / self.key).is_dir()

    def suggest(self, trial: Trial) -> Value:
        """Return the value that a trial draws; the same one when called again."""
        if self.distribution == "choice":
            chosen: Value = trial.suggest_categorical(self.key, self.values)
            return chosen
        low, high = self.values
        if self.distribution == "integer":
            return trial.suggest_int(self.key, low, high)
        return trial.suggest_float(self.key, low, high, log=self.distribution == "log_uniform")

    def contains(self, value: object) -> bool:
        """Return whether a value could be drawn."""
        if self.distribution == "choice":
            return any(value == v and type(value) is type(v) for v in self.values)
        low, high = self.values
        return _is_number(value, whole=self.distribution == "integer") and low <= value <= high

    def override(self, value: Value) -> str:
        """Return the Hydra override that sets a value; real numbers with four digits."""
        if self.distribution in ("uniform", "log_uniform"):
            return f"{self.key}={value:.4g}"
        return f"{self.key}={_as_override(value)}"


def read_space(space: Mapping[str, object]) -> tuple[Parameter, ...]:
    """Return the parameters of a space.

    Args:
        space: Key of an override -> ``{distribution: values}``.

    Raises:
        ConfigurationError: If a line cannot be used; with its key and what is wrong.
    """
    if not space:
        raise ConfigurationError("the space is empty: there is nothing to choose")
    return tuple(_parameter(key, drawn) for key, drawn in space.items())


def _parameter(key: str, drawn: object) -> Parameter:
    if key not in _FREE and key.partition(".")[0] in _FIXED:
        raise ConfigurationError(
            f"space: {key} is the same in every trial: others could not be compared; of "
            f"data, {' and '.join(_FREE)} may be drawn"
        )
    if not isinstance(drawn, Mapping) or len(drawn) != 1:
        raise ConfigurationError(
            f"space: {key} needs one of {', '.join(_DISTRIBUTIONS)}, as in "
            f"{{uniform: [0, 0.5]}}; got {drawn!r}"
        )
    ((distribution, values),) = drawn.items()
    if distribution not in _DISTRIBUTIONS:
        suggestion = hint(str(distribution), _DISTRIBUTIONS)
        raise ConfigurationError(f"space: {key} is drawn from {distribution!r}{suggestion}")
    wrong = (
        _wrong_choice(values) if distribution == "choice" else _wrong_range(distribution, values)
    )
    if wrong:
        raise ConfigurationError(f"space: {key}: {distribution} needs {wrong}, got {values!r}")
    parameter = Parameter(key, distribution, tuple(values))
    if parameter.is_stage and distribution != "choice":
        raise ConfigurationError(f"space: {key} is a stage, whose options are drawn by choice")
    return parameter


def _wrong_range(distribution: str, limits: Any) -> str | None:
    """Return what the limits of a range should be, if they are not."""
    whole = distribution == "integer"
    if not isinstance(limits, list) or len(limits) != 2:
        return "two whole numbers" if whole else "two numbers"
    if not all(_is_number(limit, whole=whole) for limit in limits):
        return "two whole numbers" if whole else "two numbers"
    if limits[0] >= limits[1]:
        return "the lower limit first"
    if distribution == "log_uniform" and limits[0] <= 0:
        return "limits above 0"
    return None


def _wrong_choice(values: Any) -> str | None:
    """Return what the values of a choice should be, if they are not."""
    if not isinstance(values, list) or len(values) < 2:
        return "a list of at least two values"
    if not all(v is None or isinstance(v, str | int | float | bool) for v in values):
        return "plain values"
    if len({(type(v), v) for v in values}) < len(values):
        return "each value once"
    return None


def _is_number(value: Any, *, whole: bool) -> bool:
    return isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)


def _as_override(value: Value) -> str:
    """Return a value as Hydra reads it on a command line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and (
        not re.fullmatch(r"[A-Za-z_][\w.-]*", value)
        or value.lower() in ("null", "true", "false", "nan", "inf")
    ):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(value)
