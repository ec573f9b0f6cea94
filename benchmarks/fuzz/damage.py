"""Bytes -> other bytes, as broken disks, transfers and programs make them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from random import Random

_HEADER_BYTES = 160
# What lies at the limits of numbers of 1, 2, 4 and 8 bytes.
_LIES = {
    "B": (0, 1, 0x7F, 0x80, 0xFF),
    "H": (0, 1, 2, 255, 256, 257, 0x7FFF, 0x8000, 0xFFFF),
    "I": (0, 1, 2, 3, 7_999, 192_001, 2**20, 2**24, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF),
    "Q": (0, 1, 2**31, 2**32, 2**40, 2**62, 2**63 - 1, 2**63, 2**64 - 1),
}


def damaged(content: bytes, other: bytes, random: Random) -> tuple[bytes, str]:
    """Return a file's content with one to three damages, and their names.

    Args:
        content: Of a file.
        other: Of another one, to splice with.
        random: Source of every choice.
    """

    def _splice(content: bytes, random: Random) -> bytes:
        return content[: _place(content, random)] + other[_place(other, random) :]

    names = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        damage = random.choice((*_DAMAGES, _splice))
        names.append(damage.__name__.removeprefix("_"))
        content = damage(content, random)
    return content, ", ".join(names)


def _place(content: bytes, random: Random) -> int:
    """Return a place in the content: half of all in its header."""
    end = min(len(content), _HEADER_BYTES) if random.random() < 0.5 else len(content)
    return random.randrange(end + 1)


def _cut(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def _cut_front(content: bytes, random: Random) -> bytes:
    return content[_place(content, random) :]


def _cut_out(content: bytes, random: Random) -> bytes:
    start, end = sorted((_place(content, random), _place(content, random)))
    return content[:start] + content[end:]


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 64)) if changed else 0):
        changed[min(_place(content, random), len(changed) - 1)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, random: Random) -> bytes:
    start, length = _place(content, random), random.choice((1, 4, 16, 256))
    length = min(length, len(content) - start)
    filler = random.choice((bytes(length), b"\xff" * length, random.randbytes(length)))
    return content[:start] + filler + content[start + length :]


def _repeat(content: bytes, random: Random) -> bytes:
    start, end = sorted((_place(content, random), _place(content, random)))
    return content[:end] + content[start:end] * random.choice((1, 2, 5)) + content[end:]


def _lie(content: bytes, random: Random) -> bytes:
    kind = random.choice(tuple(_LIES))
    number = struct.pack(random.choice("<>") + kind, random.choice(_LIES[kind]))
    place = random.randrange(min(len(content), _HEADER_BYTES) + 1)
    if random.random() < 0.8:  # most numbers of headers lie at even places
        place -= place % min(len(number), 4)
    return content[:place] + number + content[place + len(number) :]


_DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut, _cut_front, _cut_out, _flip, _flip, _overwrite, _repeat, _lie, _lie, _lie,
)  # fmt: skip
