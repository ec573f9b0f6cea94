"""How results become text, a few at a time: what CSV, JSON, tables and labels share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from instrument_net.recognition.file_prediction import FilePrediction


@dataclass(frozen=True)
class Listing:
    """A text that results are written as; no result is kept longer than its piece.

    Attributes:
        text: Results, in order -> a piece of the text.
        head: Before the first piece.
        between: Before every other piece.
        foot: Behind the last piece.
        at_once: Results a piece; the last may have fewer.
    """

    text: Callable[[Sequence[FilePrediction]], str]
    head: str = ""
    between: str = ""
    foot: str = ""
    at_once: int = 1


class ListingWriter:
    """Results, one after the other -> pieces of a listing.

    Args:
        listing: What is written.
        write: Takes a piece of the text.
        n_written: Results that were written before, by an earlier process.
    """

    def __init__(
        self, listing: Listing, write: Callable[[str], None], *, n_written: int = 0
    ) -> None:
        self._listing = listing
        self._write = write
        self._held: list[FilePrediction] = []
        self._begun = n_written > 0
        if not self._begun and listing.head:
            write(listing.head)

    def add(self, result: FilePrediction) -> None:
        """Take the next result, and write a piece, if one is full."""
        self._held.append(result)
        if len(self._held) == self._listing.at_once:
            self._flush()

    def end(self) -> None:
        """Write what is left."""
        self._flush()
        if self._listing.foot:
            self._write(self._listing.foot)

    def _flush(self) -> None:
        if self._held:
            between = self._listing.between if self._begun else ""
            self._write(between + self._listing.text(self._held))
            self._begun = True
            self._held = []
