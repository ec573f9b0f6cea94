"""Refuse a configuration with a misspelled key, naming the nearest right one.

Hydra itself refuses an override of an unknown key on the command line, but a key misspelled inside
an experiment file, or behind a plus sign, is added in silence and then has no effect.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import compose
from hydra.errors import InstantiationException
from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf

from instrument_net.errors import InputError
from instrument_net.spelling import hint

CONF_DIR = Path(__file__).parent.parent / "conf"
_NOT_STAGES = ("experiment",)  # groups that change other stages instead of being one
_OTHERS_KEYS = ("space",)  # groups whose files list keys of other stages


class ConfigurationError(InputError):
    """A configuration that would not do what it says."""


@contextmanager
def refused_values(stage: str) -> Iterator[None]:
    """Turn what a stage refuses of its settings into a line that names the stage.

    Args:
        stage: Key of the stage, for example ``frontend``.

    Raises:
        ConfigurationError: In the place of a ``ValueError``, be it wrapped by Hydra.
    """
    try:
        yield
    except (ValueError, InstantiationException) as error:
        refusal = error.__cause__ if isinstance(error, InstantiationException) else error
        if isinstance(error, ConfigurationError) or not isinstance(refusal, ValueError):
            raise
        raise ConfigurationError(f"{stage}: {refusal}") from error


def existing_start(init_from: str) -> Path:
    """Return the checkpoint that training starts from, before anything long begins.

    Raises:
        ConfigurationError: If there is no such file.
    """
    checkpoint = Path(init_from)
    if not checkpoint.is_file():
        raise ConfigurationError(
            f"init_from: {checkpoint}: no such checkpoint; train it first (`make orchestra` does "
            "for +experiment=best), or start from nothing: init_from=null"
        )
    return checkpoint


def check_keys(config: DictConfig, choices: Mapping[str, str | None], *, base: str) -> None:
    """Refuse keys that neither the stage's own file nor the class it configures knows.

    Args:
        config: The composed configuration.
        choices: Group -> option that was composed (Hydra's ``runtime.choices``).
        base: Name of the main configuration file.

    Raises:
        ConfigurationError: Names every unknown key and the nearest known one.
    """
    stages = [
        f"{group}={option}"
        for group, option in choices.items()
        if option is not None and not group.startswith("hydra/") and group not in _NOT_STAGES
    ]
    known = set(keys_of(compose(base, overrides=stages)))
    problems = []
    for key in keys_of(config):
        if key in known:
            continue
        parent, _, leaf = key.rpartition(".")
        # A group that is composed to nothing (augment=none) is no free mapping.
        groups = {group.replace("/", ".") for group in choices}
        if parent in _subtrees(known) or parent in {"", *groups}:
            siblings = {k.rpartition(".")[2] for k in known if k.rpartition(".")[0] == parent}
        elif parent in known:  # below a key that holds a free mapping or a list
            continue
        else:
            continue  # its parent is unknown as well and is reported itself
        allowed = siblings | _parameters(config, parent)
        if leaf not in allowed:
            mend = _where_known(key) or hint(leaf, allowed, prefix=parent)
            problems.append(f"unknown key {key!r}{mend}")
    if problems:
        raise ConfigurationError("; ".join(problems))


def keys_of(config: DictConfig, prefix: str = "") -> Iterator[str]:
    """Yield the dotted key of every node of a configuration, parents first."""
    for key in config:
        yield f"{prefix}{key!s}"
        node = config._get_node(key)
        if isinstance(node, DictConfig) and not node._is_none() and not node._is_interpolation():
            yield from keys_of(node, f"{prefix}{key!s}.")


def key_of(override: str) -> str:
    """Return the key that an override of a command line adds, sets or deletes."""
    return override.lstrip("+~").partition("=")[0]


def nearest_key_hint(error: BaseException | None) -> str | None:
    """Return a hint about the override that Hydra refused, ``None`` for any other error."""
    while error is not None:
        key = getattr(error, "full_key", None)
        if key and "not in struct" in str(error):
            if (CONF_DIR / str(key)).is_dir():  # a group of which nothing was chosen
                options = sorted(path.stem for path in (CONF_DIR / str(key)).glob("*.yaml"))
                return f"{key}: choose one of {', '.join(options)} first, as {key}={options[-1]}"
            return f"{key}{_where_known(str(key)) or hint(str(key), _known_keys())}"
        if unmatched := re.search(r"'([^']+)'\. No match in the defaults list", str(error)):
            group = unmatched[1]
            if (CONF_DIR / group).is_dir():
                return f"{group}: this command has nothing to choose there; --help lists its groups"
            groups = [path.name for path in CONF_DIR.iterdir() if path.is_dir()]
            return f"{group}{hint(group, groups)}"
        error = error.__cause__
    return None


def _where_known(key: str) -> str:
    """Return which options of its group have a key, as a hint; nothing if none has it."""
    group = key.partition(".")[0]
    having = [path.relative_to(CONF_DIR) for path in sorted((CONF_DIR / group).rglob("*.yaml"))
              if key in _keys_of_file(path)]  # fmt: skip
    options = [f"{path.parent.as_posix()}={path.stem}" for path in having]
    return f": it comes with {' or '.join(options)}" if options else ""


def _known_keys() -> Iterator[str]:
    """Yield every key that any stage's file defines, without composing: for messages only."""
    for path in sorted(CONF_DIR.rglob("*.yaml")):
        group = path.parent.relative_to(CONF_DIR).as_posix()
        if group in (*_NOT_STAGES, *_OTHERS_KEYS):
            continue
        if group != ".":
            yield group
        yield from _keys_of_file(path)


def _keys_of_file(path: Path) -> Iterator[str]:
    group = path.parent.relative_to(CONF_DIR).as_posix()
    prefix = "" if group == "." else f"{group.replace('/', '.')}."
    content = OmegaConf.load(path)
    if isinstance(content, DictConfig):
        yield from (prefix + key for key in keys_of(content) if not key.startswith("defaults"))


def _subtrees(keys: Iterable[str]) -> set[str]:
    return {key.rpartition(".")[0] for key in keys}


def _parameters(config: DictConfig, parent: str) -> set[str]:
    """Return what the class or function configured at ``parent`` takes."""
    node: Any = OmegaConf.select(config, parent) if parent else config
    target = node.get("_target_") if isinstance(node, DictConfig) else None
    if target is None:
        return set()
    parameters = inspect.signature(get_object(target)).parameters.values()
    return {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} | {"_partial_"}
