"""The text of an .sfz file, its comments apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from instrument_net.errors import InputError

_LARGEST_BYTES = 32 * 2**20
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


class SfzError(InputError):
    """An .sfz file that cannot be read; the message names the file and the reason."""


def read_text(path: Path) -> str:
    """Return what is written in an .sfz file.

    Raises:
        SfzError: If it cannot be opened, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise SfzError(f"{path}: cannot be opened: {error.strerror or error}") from error
    if len(content) > _LARGEST_BYTES:
        raise SfzError(f"{path}: larger than {_LARGEST_BYTES >> 20} MB, which no .sfz file is")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # the habit of Windows
    if "\0" in text:
        raise SfzError(f"{path}: no text, so no .sfz file")
    return text


def without_comments(text: str) -> str:
    """Return a text with a space for each of its comments."""
    return _COMMENT.sub(" ", text)


def heading_of(text: str) -> tuple[str, ...]:
    """Return the comment before the first header, line by line."""
    before = text.partition("<")[0]
    comments = "\n".join(comment.strip("/*") for comment in _COMMENT.findall(before))
    return tuple(line for line in _stripped(comments.splitlines()) if line)


def _stripped(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield line.strip(" \t*/-=#")
