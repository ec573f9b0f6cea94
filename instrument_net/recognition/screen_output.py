"""Results on standard output, while a progress bar may be on the same terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TextIO

from rich.progress import Progress

from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.listing import Listing, ListingWriter

_ON_A_TERMINAL = 1_000  # results at once: the bar has to make room for them


class ScreenOutput:
    """Prints results as they are made; on a terminal, a thousand at a time.

    Create it before a progress bar is shown, which takes the place of ``sys.stdout``.

    Args:
        listing: Makes what is printed, for a stream.
        is_all: Whether nobody wants the results elsewhere.

    Attributes:
        bar: That has to make room.
    """

    def __init__(self, listing: Callable[[TextIO], Listing], *, is_all: bool) -> None:
        self._stream = sys.stdout
        self._is_all = is_all
        self.bar: Progress | None = None
        printed = listing(self._stream)
        if self._stream.isatty():
            printed = replace(printed, at_once=_ON_A_TERMINAL)
        self._writer = ListingWriter(printed, self._print)

    def add(self, result: FilePrediction) -> None:
        """Take the next result.

        Raises:
            BrokenPipeError: If nobody reads the results any more, and they are all that is wanted.
        """
        self._writer.add(result)

    def end(self) -> None:
        """Print what is left."""
        self.bar = None
        with suppress(BrokenPipeError):
            self._writer.end()

    def _print(self, text: str) -> None:
        shares_terminal = self.bar is not None and self._stream.isatty()
        if shares_terminal and self.bar is not None:
            self.bar.stop()
        try:
            print_text(text, self._stream)
        except BrokenPipeError:
            _write_to_nowhere(self._stream)
            if self._is_all:
                raise
        if shares_terminal and self.bar is not None:
            self.bar.start()


def print_result(text: str) -> None:
    """Print text, of which a reader, such as ``head``, may want a part only."""
    try:
        print_text(text, sys.stdout)
    except BrokenPipeError:
        _write_to_nowhere(sys.stdout)


def print_text(text: str, stream: TextIO) -> None:
    r"""Write text and flush; characters that the stream does not have are spelled out, as ``\xe4``.

    Raises:
        BrokenPipeError: If nobody reads it any more.
    """
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def _write_to_nowhere(stream: TextIO) -> None:
    """Let what is still to come be lost; Python would complain once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
