"""A text file that is written piece by piece, and has its name only once it is complete."""

from __future__ import annotations

from pathlib import Path

from instrument_net.recognition.places import refusal

ENDING = ".part"


class GrowingFile:
    """A file under the name ``NAME.part``; whoever reads it sees every piece that was appended.

    What is no file, a device or pipe, is written to as it is.

    Args:
        place: Its name once it is complete; missing folders are made.
        kept: How many bytes of an earlier ``NAME.part`` are kept, what follows them being cut off;
            ``None``: it begins anew.

    Raises:
        InputError: If it cannot be written.
    """

    def __init__(self, place: Path, *, kept: int | None = None) -> None:
        self.place = place
        self._as_it_is = place.exists() and not place.is_file()
        self._path = place if self._as_it_is else part_of(place)
        self.size = 0
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: what append() returned from is the system's, whatever ends this process.
            self._file = self._path.open("wb" if kept is None else "r+b", buffering=0)
            if kept is not None:
                self.size = kept
                self._file.truncate(kept)
                self._file.seek(kept)
        except OSError as error:
            raise refusal(place, error) from error

    def append(self, text: str) -> None:
        """Write text in UTF-8 behind what is there.

        Raises:
            InputError: If it cannot be written; a part of it may be.
        """
        content = text.encode("utf-8", "backslashreplace")
        self.size += len(content)
        try:
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            raise refusal(self.place, error) from error

    def complete(self) -> None:
        """Give the file its name, in place of an earlier one.

        Raises:
            InputError: If that cannot be done.
        """
        self._file.close()
        if not self._as_it_is:
            give_name(self.place)

    def close(self, *, keep: bool) -> None:
        """End without the name; the part is kept, or removed."""
        self._file.close()
        if not (keep or self._as_it_is):
            self._path.unlink(missing_ok=True)


def part_of(place: Path) -> Path:
    """Return what a file is called until it is complete."""
    return place.with_name(place.name + ENDING)


def give_name(place: Path) -> None:
    """Give a complete part its name, if that was not done before.

    Raises:
        InputError: If it cannot be done.
    """
    try:
        if part_of(place).exists():
            part_of(place).replace(place)
    except OSError as error:
        raise refusal(place, error) from error
