"""An .sfz file -> its regions, each with every opcode that applies to it.

The format is described at https://sfzformat.com. Where it leaves something open, this follows what
most players do: a value reaches to the next opcode, header or line break; includes and samples are
relative to the file that was opened; the longest defined name counts (``$VEL1`` is not ``$VEL``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from instrument_net.data.corpora.sfz.text import SfzError, heading_of, read_text, without_comments

_LEVELS = ("global", "master", "group", "region")
_MOST_INCLUDES = 5_000
_DEEPEST = 32
_TOKEN = re.compile(
    r"""<\s*(?P<header>\w+)\s*>
      | \#define\s+(?P<name>\$\w+)\s+(?P<meaning>\S+)
      | \#include\s+"(?P<file>[^"]+)"
      | (?<![\w$])(?P<opcode>[\w$]+)=(?P<value>.*?)
        (?=\s[\w$]+= | <\w+> | \s\#(?:define|include)\s | $)""",
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$\w+")


@dataclass(frozen=True)
class Region:
    """One sample of an instrument, and when it sounds.

    Attributes:
        opcodes: Those of the region and of the group, master and global header above it; ``key`` is
            spelled out as ``lokey``, ``hikey`` and ``pitch_keycenter``.
        default_path: What stands before the name of its sample.
        note_offset: Semitones to add to every note that is named.
    """

    opcodes: Mapping[str, str]
    default_path: str
    note_offset: int


@dataclass
class SfzFile:
    """What an .sfz file says.

    Attributes:
        path: Of the file.
        regions: In their order.
        heading: The lines of its first comment.
        included: Files that it includes, directly or not.
        missing: Names of included files that are not there.
    """

    path: Path
    regions: list[Region] = field(default_factory=list)
    heading: tuple[str, ...] = ()
    included: set[Path] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def read_sfz(path: Path) -> SfzFile:
    """Read an .sfz file and all that it includes.

    Raises:
        SfzError: If it cannot be opened, is no text, has no header, or includes itself.
    """
    text = read_text(path)
    reader = _Reader(SfzFile(path, heading=heading_of(text)))
    reader.read(text, (path.resolve(),))
    reader.end_region()
    if not reader.has_header:
        raise SfzError(f"{path}: no <region> or other header of an .sfz file in it")
    return reader.found


class _Reader:
    """What has been read so far: definitions, and the opcodes that stand above the next region."""

    def __init__(self, found: SfzFile) -> None:
        self.found = found
        self.has_header = False
        self._n_includes = 0
        self._defined: dict[str, str] = {}
        self._control: dict[str, str] = {}
        self._levels: dict[str, dict[str, str]] = {level: {} for level in _LEVELS}
        self._header = ""

    def read(self, text: str, stack: tuple[Path, ...]) -> None:
        """Go on with a text; ``stack``: the file that it is of, behind those that include it."""
        for line in without_comments(text).splitlines():
            for token in _TOKEN.finditer(line):
                if token["header"] is not None:
                    self._begin(token["header"].lower())
                elif token["name"] is not None:
                    self._defined[token["name"]] = self._replaced(token["meaning"])
                elif token["file"] is not None:
                    self._include(self._replaced(token["file"]), stack)
                else:
                    opcode, value = self._replaced(token["opcode"]), self._replaced(token["value"])
                    self._set(opcode.lower(), value.strip())

    def end_region(self) -> None:
        """Keep the region that is complete now, if there is one."""
        if self._header != "region":
            return
        opcodes: dict[str, str] = {}
        for level in _LEVELS:
            here = self._levels[level]
            if "key" in here:
                keys = ("lokey", "hikey", "pitch_keycenter")
                opcodes.update(dict.fromkeys(keys, here["key"]))
            opcodes.update(here)
        octaves, notes = (
            _whole(self._control.get(f"{unit}_offset")) for unit in ("octave", "note")
        )
        path = self._control.get("default_path", "")
        self.found.regions.append(Region(opcodes, path, 12 * octaves + notes))

    def _begin(self, header: str) -> None:
        self.end_region()
        self.has_header, self._header = True, header
        if header == "control":
            self._control.pop("default_path", None)
        if header in _LEVELS:
            for level in _LEVELS[_LEVELS.index(header) :]:
                self._levels[level] = {}

    def _set(self, opcode: str, value: str) -> None:
        if self._header == "control" or opcode == "default_path":
            self._control[opcode] = value
        elif self._header in _LEVELS:
            self._levels[self._header][opcode] = value

    def _replaced(self, text: str) -> str:
        return _VARIABLE.sub(self._meaning, text) if "$" in text else text

    def _meaning(self, variable: re.Match[str]) -> str:
        name = variable[0]
        for end in range(len(name), 1, -1):
            if name[:end] in self._defined:
                return self._defined[name[:end]] + name[end:]
        return name

    def _include(self, name: str, stack: tuple[Path, ...]) -> None:
        inside = name.replace("\\", "/")
        places = (self.found.path.parent / inside, stack[-1].parent / inside)
        file = next((place for place in places if _is_file(place)), None)
        if file is None:
            self.found.missing.append(name)
            return
        resolved = file.resolve()
        self._n_includes += 1
        if resolved in stack or len(stack) > _DEEPEST or self._n_includes > _MOST_INCLUDES:
            raise SfzError(f"{self.found.path}: its #include of {name} has no end")
        self.found.included.add(resolved)
        self.read(read_text(file), (*stack, resolved))


def _whole(value: str | None) -> int:
    try:
        return int(value or 0)
    except ValueError:
        return 0


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a NUL in it
        return False
