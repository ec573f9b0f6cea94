"""An open file for a decoder that calls for its bytes, and cannot be told why there are none."""

from __future__ import annotations

import io
from typing import BinaryIO


class KeptFailure:
    """A file, open for reading, that ends where it cannot be read, and keeps the reason."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._failure: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, as many as there are."""
        try:
            return self._file.read(size)
        except OSError as error:
            self._failure = error
            return b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it, or -1 where a damaged header names none."""
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._file.tell()

    def raise_failure(self) -> None:
        """Raise why bytes could not be read.

        Raises:
            OSError: If there is a reason.
        """
        if self._failure is not None:
            raise self._failure
