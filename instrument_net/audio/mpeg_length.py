"""MPEG audio (mp3) -> whether its header states a length, and how to read it where none does.

Without a Xing or Info header, libsndfile estimates the length from the size of the file and its
first frame: too long where tags lie around the sound, much too long or too short where the bit rate
varies. It also stops reading there. Behind a file that seems to be far longer than it is, the
estimate is never reached, and the sound ends where the decoder finds no more of it.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from instrument_net.audio.kept_failure import KeptFailure

_SEARCHED_BYTES = 16_384  # of the sound's first frames, where a header frame would be
_MARKS = (b"Xing", b"Info")
_SIDE_INFORMATION_BYTES = (9, 17, 32)  # between frame header and mark, by version and channels
_CHECKSUM_BYTES = (0, 2)
_HEADER_BYTES = 4
_HAS_FRAMES = 1  # bit of the flags behind the mark: the number of frames follows
# More than a bit rate can vary within a file: 8 to 320 kbit/s.
_PRETENDED = 1024


def states_length(path: Path) -> bool:
    """Return whether an MPEG file has a header that states how many frames it has.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        _skip_tags(file)
        head = file.read(_SEARCHED_BYTES)
    return any(_states_frames(head, place) for mark in _MARKS for place in _places(head, mark))


class UnendingFile(KeptFailure):
    """A file that seems to be longer than it is when it is measured."""

    _measured = False

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; the end itself seems to lie far behind the real one."""
        self._measured = whence == io.SEEK_END and offset == 0
        self._file.seek(offset, whence)
        return self.tell()

    def tell(self) -> int:
        """Return the place of the next byte, or the pretended length at the end."""
        return self._file.tell() * (_PRETENDED if self._measured else 1)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, as many as there are."""
        self._measured = False
        return super().read(size)


def _skip_tags(file: BinaryIO) -> None:
    place = 0
    while True:
        file.seek(place)
        tag = file.read(10)
        if tag[:3] != b"ID3" or len(tag) < 10:
            file.seek(place)
            return
        size = 0
        for byte in tag[6:]:
            size = size * 128 + (byte & 0x7F)
        place += 10 + size


def _places(head: bytes, mark: bytes) -> list[int]:
    places = []
    place = head.find(mark)
    while place >= 0:
        places.append(place)
        place = head.find(mark, place + 1)
    return places


def _states_frames(head: bytes, place: int) -> bool:
    numbers = head[place + 4 : place + 12]
    flags, n_frames = int.from_bytes(numbers[:4]), int.from_bytes(numbers[4:])
    starts = [
        place - side - checksum - _HEADER_BYTES
        for side in _SIDE_INFORMATION_BYTES
        for checksum in _CHECKSUM_BYTES
    ]
    in_a_frame = any(start >= 0 and _is_frame(head[start : start + 4]) for start in starts)
    return in_a_frame and len(numbers) == 8 and bool(flags & _HAS_FRAMES) and n_frames > 0


def _is_frame(header: bytes) -> bool:
    synchronised = header[0] == 0xFF and header[1] & 0xE0 == 0xE0
    layer_3 = header[1] & 0x06 == 0x02
    return synchronised and layer_3 and header[2] >> 4 not in (0, 15) and header[2] & 0x0C != 0x0C
