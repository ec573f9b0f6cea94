"""For the documentation site: roles of docstrings, as ``:func:`~a.b```, become code, as ``b``."""

import re
from typing import Any

from griffe import Extension, Object

_ROLE = re.compile(r":\w+:`(~?)([^`]+)`")


class ReferenceRoles(Extension):
    """Docstrings as Markdown, which has no roles."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrite the docstring of an object."""
        if obj.docstring is not None:
            obj.docstring.value = _ROLE.sub(_as_code, obj.docstring.value)


def _as_code(role: re.Match[str]) -> str:
    return f"`{role[2].rpartition('.')[2] if role[1] else role[2]}`"
