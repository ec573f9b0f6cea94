"""A share of the files, for one of several processes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Self

from instrument_net.errors import InputError
from instrument_net.files import FoundFiles, find_audio


@dataclass(frozen=True)
class Shard:
    """The ``number``-th of ``count`` shares of files; ``1/1`` is all of them.

    In which share a file is depends on its own path alone: below the folder that was named, or its
    name where it was named itself. Files that come or go while the processes work change no other
    file's share, and folders may have another place on every machine. Of many files, all shares
    have about the same number.

    Raises:
        InputError: If there is no such share.
    """

    number: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not 1 <= self.number <= self.count:
            raise InputError(f"--shard {self}: expected a number from 1 to {self.count}, as 1/8")

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Return the share that ``2/8`` names.

        Raises:
            InputError: If it is no such text.

        >>> Shard.parsed("2/8")
        Shard(number=2, count=8)
        """
        if not re.fullmatch(r"[0-9]{1,9}/[0-9]{1,9}", text):
            raise InputError(f"--shard {text}: expected number/count, as 2/8")
        return cls(*map(int, text.split("/")))

    def __str__(self) -> str:
        """Return the text that :meth:`parsed` reads."""
        return f"{self.number}/{self.count}"

    def holds(self, path: Path) -> bool:
        """Return whether a file is in this share.

        Args:
            path: Of the file, below what was named.
        """
        digest = blake2b(os.fsencode(path.as_posix()), digest_size=8).digest()
        return int.from_bytes(digest) % self.count == self.number - 1

    def find_audio(self, inputs: Iterable[Path]) -> tuple[FoundFiles, int]:
        """Return what is found, its audio being this share, and how many files all shares have.

        Args:
            inputs: As for :func:`~instrument_net.files.find_audio`.
        """
        found, n_of_all = FoundFiles(), 0
        for entry in inputs:
            one = find_audio([entry])
            n_of_all += len(one.audio)
            found.passed_over += one.passed_over
            found.audio += [path for path in one.audio if self.count == 1 or self._has(path, entry)]
        return found, n_of_all

    def _has(self, path: Path, entry: Path) -> bool:
        return self.holds(Path(path.name) if path == entry else path.relative_to(entry))
