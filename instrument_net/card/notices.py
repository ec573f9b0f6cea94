"""The notices that MIT and Apache licences want kept with what was made of a work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""
_APACHE = (
    "licensed under the Apache License, Version 2.0, whose text is in Apache-2.0.txt beside this"
)
_CREATIVE_COMMONS = {
    "CC-BY-3.0": "creativecommons.org/licenses/by/3.0",
    "CC-BY-4.0": "creativecommons.org/licenses/by/4.0",
    "CC0-1.0": "creativecommons.org/publicdomain/zero/1.0",
}


def notices(sources: Iterable[Mapping[str, Any]]) -> str:
    """Return the notices of the sources that want one, and where the other licences are.

    Args:
        sources: With ``work``, ``licence`` and ``copyright``.
    """
    of_licence: dict[str, list[Mapping[str, Any]]] = {}
    for row in sources:
        of_licence.setdefault(row["licence"], []).append(row)
    parts = [
        f"{licence}: {place}."
        for licence, place in _CREATIVE_COMMONS.items()
        if licence in of_licence
    ]
    text = ["  \n".join(parts)] if parts else []
    if "MIT" in of_licence:
        lines = [f"{row['work']}: {row['copyright']}" for row in of_licence["MIT"]]
        text.append("### Of the works under MIT\n\n```\n" + "\n".join(lines) + f"\n\n{_MIT}\n```")
    apache = of_licence.get("Apache-2.0", [])
    text += [f"{row['work']}, {row['copyright']}, {_APACHE}." for row in apache]
    return "\n\n".join(text)
