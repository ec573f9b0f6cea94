"""Nested settings -> one value a dotted key, as they are typed and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def dotted(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted key -> value of nested settings.

    Parts in a list stand below the name of their class, ``_target_``.

    >>> dotted({"model": {"name": "TwoBranchNet"}, "callbacks": [{"_target_": "Stop", "after": 2}]})
    {'model.name': 'TwoBranchNet', 'callbacks.Stop._target_': 'Stop', 'callbacks.Stop.after': 2}
    """
    return dict(_entries(settings, ""))


def _entries(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _entries(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(node, list) and any(isinstance(value, Mapping) for value in node):
        for value in node:
            yield from _entries(value, f"{prefix}.{value.get('_target_')}")
    else:
        yield prefix, node
