"""Paths on a command line: read as they are typed, whatever Hydra's grammar makes of their name.

``Samples (v2)``, ``Ben's takes``, ``Strings, low`` and ``[dry]`` are usual names in sample
libraries. Hydra reads brackets, commas, quotes and equals signs as its own, and OmegaConf replaces
``${...}``. A path is quoted for both before Hydra sees it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Quote, QuotedString

_PATHS = {  # keys of settings; of those below data also below data.extra.<name>
    "checkpoint",
    "data.folder",
    "data.labels",
    "data.path",
    "data.store_dir",
    "init_from",
    "moved_to",
    "output_labels",
    "resume_from",
    "run_dir",
    "to",
}
# Paths in which ${now:...} means something.
_PATTERNS = {"hydra.run.dir", "hydra.sweep.dir"}
_SWEEP = {"-m", "--multirun"}
_EXTRA = re.compile(r"^data\.extra\.[^.]+\.")
_QUOTED = re.compile(r"""(['"]).*\1""", re.DOTALL)


def is_path(key: str) -> bool:
    """Return whether the setting of a dotted key is a file or folder."""
    return _EXTRA.sub("data.", key) in _PATHS


def quoted_paths(arguments: Sequence[str]) -> list[str]:
    """Return a command line in which every path is quoted for Hydra; ``~`` is expanded.

    Left as they are: ``null``, values that somebody has quoted for Hydra, and in a sweep a list
    with commas, unless there is a file of that name.

    Args:
        arguments: What the shell has split, without the command itself.

    >>> quoted_paths(["data=folder", "data.path=../Strings, low (v2)"])
    ['data=folder', "data.path='../Strings, low (v2)'"]
    """
    sweep = not _SWEEP.isdisjoint(arguments)
    return [_quoted(argument, sweep=sweep) for argument in arguments]


def as_typed(override: str) -> str:
    r"""Return an override as one types it, with a path as it is: the inverse of quoting.

    >>> as_typed("data.path='../Strings, low (v2)'"), as_typed("model.fusion='gated'")
    ('data.path=../Strings, low (v2)', "model.fusion='gated'")
    """
    key, _, value = override.partition("=")
    if not _is_path_or_pattern(key.lstrip("+")) or not _QUOTED.fullmatch(value):
        return override
    path = OverridesParser.create().parse_override(override).value()
    if not isinstance(path, str):
        return override
    if is_path(key.lstrip("+")):
        path = re.sub(r"(\\*)\\\$\{", lambda found: found[1][::2] + "${", path)
    return f"{key}={path}"


def _quoted(argument: str, *, sweep: bool) -> str:
    key, equals, value = argument.partition("=")
    name = key.lstrip("+")
    if not equals or not value or not _is_path_or_pattern(name):
        return argument
    path = os.path.expanduser(value)  # noqa: PTH111 (pathlib would tidy the rest up, too)
    is_ours = value in ("null", "???") or _QUOTED.fullmatch(value)
    if (is_ours or (sweep and "," in value)) and not _exists(path):
        return argument
    if is_path(name):
        path = _literal(path)
    return f"{key}={QuotedString(path, Quote.single).with_quotes()}"


def _is_path_or_pattern(name: str) -> bool:
    return is_path(name) or name in _PATTERNS


def _literal(text: str) -> str:
    """Return a text that OmegaConf reads as this one: ``${`` and the backslashes before it kept."""
    return re.sub(r"(\\*)\$\{", lambda found: found[1] * 2 + r"\${", text)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # longer than a name can be
        return False
