"""What the commands add to Hydra: choices that have an effect, and no key that has none.

Hydra itself refuses an override of an unknown key on the command line, but a key misspelled inside
an experiment file, or behind a plus sign, is added in silence and then has no effect.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra import compose
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import MissingConfigException
from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf

from instrument_net.errors import InputError
from instrument_net.extras import install
from instrument_net.invocation import as_started
from instrument_net.spelling import hint

_PACKAGE = Path(__file__).parent
# A wheel holds it inside the package; a checkout, beside it.
CONF_DIR = next(p / "conf" for p in (_PACKAGE, _PACKAGE.parent) if (p / "conf").is_dir())
_EXTRA = "data/extra"  # a group of which several options can be chosen
_EXPERIMENT = "experiment"  # a group that changes other stages instead of being one
_NOT_ONE = (_EXPERIMENT, _EXTRA)  # groups that are no choice of one stage
_NO_STAGES = (_EXPERIMENT, "space", "labels")  # folders whose files are no settings of their own
_HELP = """{header}
Groups (group=option):

{groups}

Configuration (key=value):

$CONFIG
{footer}
"""
_NOT_OFFERED = ": this command has nothing to choose there; --help lists its groups"


class ConfigurationError(InputError):
    """A configuration that would not do what it says."""


def extend_hydra() -> None:
    """Offer every corpus of ``conf/data`` as ``data/extra`` too, and list groups in ``--help``.

    An extra corpus stands below its name, so that there can be several of them:
    ``data/extra=[orchestra,folder]`` gives ``data.extra.orchestra`` and ``data.extra.folder``.

    To be called before Hydra composes anything; again, it changes nothing.
    """
    for option in options_of("data"):
        # The same file under another key: a corpus is configured in one place.
        own = {"labels": None, "share": None}
        node = {"defaults": ["_self_", f"/data/{option}@{option}"], option: own}
        ConfigStore.instance().store(group=_EXTRA, name=option, node=node)
    OmegaConf.register_new_resolver("help_template", _help_template, replace=True)


def options_of(group: str) -> list[str]:
    """Return the options of a group, in alphabetical order; none if there is no such group."""
    folder = CONF_DIR / ("data" if group == _EXTRA else group)
    if folder not in CONF_DIR.iterdir():  # or a name that no folder can have
        return []
    return sorted(path.stem for path in folder.glob("*.yaml"))


def groups_of(command: str) -> list[str]:
    """Return the groups that a command offers: those that its own configuration names.

    Args:
        command: Name of its main configuration file.
    """
    groups = list(dict.fromkeys(_named_groups(command)))
    return [*groups, _EXPERIMENT] if "model" in groups else groups


def _named_groups(file: str) -> Iterator[str]:
    content = OmegaConf.load(CONF_DIR / f"{file}.yaml")
    assert isinstance(content, DictConfig)
    for entry in content.get("defaults", []):
        if isinstance(entry, str):  # another file, on which this one builds
            yield from _named_groups(entry) if entry != "_self_" else ()
        else:
            (group,) = map(str, entry)
            group = group.removeprefix("override ").removeprefix("/")
            if not group.startswith("hydra/"):
                yield group


def _help_template(command: str, *, _parent_: DictConfig) -> str:
    """Return what ``--help`` prints; ``$CONFIG`` is filled in by Hydra."""
    lines = [f"{group}: {', '.join(options_of(group))}" for group in groups_of(command)]
    header = as_started(_parent_.header)
    return _HELP.format(header=header, groups="\n".join(lines), footer=_parent_.footer)


def check_keys(config: DictConfig, choices: Mapping[str, str | None], *, base: str) -> None:
    """Refuse keys that neither the stage's own file nor the class it configures knows.

    Args:
        config: The composed configuration.
        choices: Group -> option that was composed (Hydra's ``runtime.choices``).
        base: Name of the main configuration file.

    Raises:
        ConfigurationError: Names every unknown key and the nearest known one.
    """
    chosen = {g: o for g, o in choices.items() if o is not None and not g.startswith("hydra/")}
    for group in sorted(chosen.keys() - set(groups_of(base))):
        raise ConfigurationError(f"{group}{_NOT_OFFERED}")
    known = set(keys_of(as_in_files(config, choices, base=base)))
    subtrees = {key.rpartition(".")[0] for key in known}
    problems = []
    for key in keys_of(config):
        if key in known:
            continue
        parent, _, leaf = key.rpartition(".")
        # A group that is composed to nothing (augment=none) is no free mapping.
        groups = {group.replace("/", ".") for group in groups_of(base)}
        if parent in subtrees or parent in {"", *groups}:
            siblings = {k.rpartition(".")[2] for k in known if k.rpartition(".")[0] == parent}
        else:  # below a free mapping or a list, or below an unknown key, which is reported itself
            continue
        allowed = siblings | _parameters(config, parent)
        if leaf not in allowed:
            advice = _where_known(key) or hint(leaf, allowed, prefix=parent)
            problems.append(f"unknown key {key!r}{advice}")
    if problems:
        raise ConfigurationError("; ".join(problems))


def as_in_files(config: DictConfig, choices: Mapping[str, str | None], *, base: str) -> DictConfig:
    """Return the stages of a configuration as their files have them, without its experiment.

    Args:
        config: Composed.
        choices: Hydra's ``runtime.choices``, in which a group of several options is missing.
        base: Name of the main configuration file.
    """
    stages = {g: o for g, o in choices.items() if not g.startswith("hydra/") and g not in _NOT_ONE}
    chosen = [f"{group}={option}" for group, option in stages.items() if option is not None]
    extra = OmegaConf.select(config, "data.extra")
    if isinstance(extra, DictConfig):
        names = [str(name) for name in extra if name in options_of(_EXTRA)]
        chosen += [f"{_EXTRA}=[{','.join(names)}]"] if names else []
    return _composed(base, tuple(chosen), str(GlobalHydra.instance().config_loader().get_sources()))


@lru_cache(maxsize=8)  # keys and values are compared with the same, in every trial of a search too
def _composed(base: str, stages: Sequence[str], _places: str) -> DictConfig:
    return compose(base, overrides=list(stages))


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
        if isinstance(error, MissingConfigException):
            group, _, option = str(error.missing_cfg_file).rpartition("/")
            if options := error.options or options_of(group):  # of several, Hydra names none
                more = f"; more with {install('launchers')}" if group == "hydra/launcher" else ""
                return f"{group}={option}{hint(option, options)}{more}"
        key = getattr(error, "full_key", None)
        if key and "not in struct" in str(error):
            if options := options_of(str(key)):  # a group of which nothing was chosen
                return f"{key}: choose one of {', '.join(options)} first, as {key}={options[-1]}"
            return f"{key}{_where_known(str(key)) or hint(str(key), _known_keys())}"
        if unmatched := re.search(r"'([^']+)'\. No match in the defaults list", str(error)):
            group = unmatched[1]
            if group == _EXPERIMENT:
                return f"{group}: an experiment comes with a plus, as +{group}=baseline"
            if group == "labels":
                return "labels: a setting of a corpus: data.labels=... or data.extra.x.labels=..."
            if options_of(group):
                return f"{group}{_NOT_OFFERED}"
            groups = {path.name for path in CONF_DIR.iterdir() if path.is_dir()} - {"labels"}
            return f"{group}{hint(group, groups)}"
        error = error.__cause__
    return None


def _where_known(key: str) -> str:
    """Return which options of its group have a key, as a hint; nothing if none has it."""
    having = [f"{group}={option}" for group, option, keys in _files() if key in keys]
    extra, _, rest = key.partition("data.extra.")
    if not having and not extra and rest:
        having = [option for _, option, keys in _files() if f"data.{rest}" in keys]
        if having:
            return f": it stands below the corpus' name, as data.extra.{having[0]}.{rest}"
    return f": it comes with {' or '.join(having)}" if having else ""


def _known_keys() -> Iterator[str]:
    """Yield every key that any stage's file defines, without composing: for messages only."""
    for path in CONF_DIR.glob("*.yaml"):
        yield from _keys_of_file(path, "data" if path.stem == "loading" else "")
    for group, _, keys in _files():
        yield group
        yield from keys


def _files() -> Iterator[tuple[str, str, list[str]]]:
    """Yield group, option and keys of every stage's file."""
    groups = sorted(path.name for path in CONF_DIR.iterdir() if path.is_dir())
    for group in [*groups, _EXTRA]:
        for option in options_of(group) if group not in _NO_STAGES else ():
            folder = CONF_DIR / ("data" if group == _EXTRA else group)
            package = f"data.extra.{option}" if group == _EXTRA else group
            own = [package, f"{package}.labels", f"{package}.share"] if group == _EXTRA else []
            yield group, option, [*own, *_keys_of_file(folder / f"{option}.yaml", package)]


def _keys_of_file(path: Path, package: str) -> Iterator[str]:
    prefix = "" if "# @package _global_" in path.read_text() or not package else f"{package}."
    content = OmegaConf.load(path)
    if isinstance(content, DictConfig):
        yield from (prefix + key for key in keys_of(content) if not key.startswith("defaults"))


def _parameters(config: DictConfig, parent: str) -> set[str]:
    """Return what the class or function configured at ``parent`` takes."""
    node: Any = OmegaConf.select(config, parent) if parent else config
    target = node.get("_target_") if isinstance(node, DictConfig) else None
    if target is None:
        return set()
    parameters = inspect.signature(get_object(target)).parameters.values()
    return {p.name for p in parameters if p.kind is not p.VAR_KEYWORD} | {"_partial_"}
