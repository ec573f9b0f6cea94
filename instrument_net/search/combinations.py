"""The drawn values of a trial -> overrides and configuration of its cross-validation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from hydra import compose
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from instrument_net.configuration import (
    CONF_DIR,
    ConfigurationError,
    check_keys,
    key_of,
    keys_of,
    nearest_key_hint,
)
from instrument_net.runs.checked_values import check_values
from instrument_net.search.space import Parameter, Value
from instrument_net.spelling import hint

if TYPE_CHECKING:
    from optuna.trial import Trial


class Combinations:
    """The settings that an experiment can have with values drawn from a space.

    Every combination is composed anew, as if its overrides stood on the command line of
    ``cross_validate``: an option of a stage can be drawn like any value, and the folder is the one
    of this command line.

    Args:
        space: The parameters to draw.
        overrides: The command line of the search.

    Raises:
        ConfigurationError: If the space has a key that no combination has, or an option that does
            not exist.
    """

    def __init__(self, space: Sequence[Parameter], overrides: Sequence[str]) -> None:
        self._space = space
        # Without the keys of the search itself, which a cross-validation does not have.
        self.base = [o for o in overrides if key_of(o).partition(".")[0] not in ("space", "search")]
        config, choices = _compose(self.base)
        self.reference = config
        values = {
            p.key: choices[p.key] if p.is_stage else OmegaConf.select(config, p.key)
            for p in space
            if p.is_stage or _has(config, p.key)
        }
        for parameter in space:
            self._check(parameter)
        inside = all(p.contains(values[p.key]) for p in space if p.key in values)
        self.reference_values: Mapping[str, Value] | None = values if inside else None
        """The values of the experiment itself; ``None`` if one lies outside the space."""

    def draw(self, trial: Trial) -> list[str]:
        """Draw the values of a trial and return them as overrides.

        Stages come first: a key that the drawn option does not have is not drawn.

        Raises:
            ConfigurationError: If the drawn options do not fit together.
        """
        changes = [p.override(p.suggest(trial)) for p in self._space if p.is_stage]
        config, _ = _compose(self.overrides(changes))
        others = (p for p in self._space if not p.is_stage and _has(config, p.key))
        return changes + [p.override(p.suggest(trial)) for p in others]

    def overrides(self, changes: Sequence[str]) -> list[str]:
        """Return the command line of a combination; without changes, that of the experiment."""
        if not changes:
            return self.base
        drawn = {p.key for p in self._space}
        return [o for o in self.base if key_of(o) not in drawn] + list(changes)

    def config(self, changes: Sequence[str]) -> DictConfig:
        """Return the configuration of a combination.

        Raises:
            ConfigurationError: If Hydra refuses it, or a key has no effect in it.
        """
        return _compose(self.overrides(changes))[0]

    def _check(self, parameter: Parameter) -> None:
        if parameter.is_stage:
            options = {path.stem for path in (CONF_DIR / parameter.key).glob("*.yaml")}
            for value in parameter.values:
                if value not in options:
                    raise ConfigurationError(
                        f"space: {parameter.key} has no option {value!r}{hint(str(value), options)}"
                    )
        elif not any(_has(config, parameter.key) for config in self._one_option_at_a_time()):
            raise ConfigurationError(
                f"space: unknown key {parameter.key!r}"
                f"{hint(parameter.key, keys_of(self.reference))}"
            )

    def _one_option_at_a_time(self) -> Iterator[DictConfig]:
        yield self.reference
        for parameter in self._space:
            for value in parameter.values if parameter.is_stage else ():
                # Options that do not fit together fail in the trial that draws them.
                with suppress(ConfigurationError):
                    yield self.config([parameter.override(value)])


def _compose(overrides: Sequence[str]) -> tuple[DictConfig, dict[str, str]]:
    """Return the configuration of ``cross_validate``, and the option of each stage."""
    try:
        config = compose("cross_validate", list(overrides), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        reason = nearest_key_hint(error) or " ".join(str(error).split())
        raise ConfigurationError(reason) from error
    choices = dict(config.hydra.runtime.choices)
    with open_dict(config):
        del config["hydra"]
    check_keys(config, choices, base="cross_validate")
    check_values(config, choices, base="cross_validate")
    return config, choices


def _has(config: DictConfig, key: str) -> bool:
    parent, _, leaf = key.rpartition(".")
    node = OmegaConf.select(config, parent) if parent else config
    return isinstance(node, DictConfig) and leaf in node
