"""Classified files -> a picture of each long one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from instrument_net.drawing.saving import save_figure
from instrument_net.drawing.timeline import plot_recording
from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.frontend import FrontEnd
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.file_spectrogram import file_spectrogram


class RecordingPictures:
    """A picture of each file that is longer than a window, ``NAME.png`` in a folder.

    A picture of that name is overwritten; of files with one name, later ones get a number.

    Args:
        front_end: Whose spectrogram is drawn.
        folder: Made with the first picture, if it does not exist.
        earlier: Files that were drawn before, in order.
    """

    def __init__(self, front_end: FrontEnd, folder: Path, earlier: Iterable[Path] = ()) -> None:
        self._front_end = front_end
        self._folder = folder
        self._taken: set[str] = set()
        for path in earlier:
            self._name(path)

    @property
    def n_drawn(self) -> int:
        """Return how many files have a picture."""
        return len(self._taken)

    def draw(self, result: FilePrediction) -> bool:
        """Draw a file, if a picture says more of it than a name, and return whether it did.

        Raises:
            AudioError: If the file changed since it was classified, and cannot be read.
            InputError: If the picture cannot be written.
        """
        if not is_long(result):
            return False
        assert result.duration_s is not None
        levels, hop_s = file_spectrogram(self._front_end, result.path, duration_s=result.duration_s)
        draw = partial(
            plot_recording, result, levels.numpy(), bin_hz=self._front_end.bin_hz.cpu().numpy(),
            hop_s=hop_s,
        )  # fmt: skip
        try:
            save_figure(draw, self._folder / self._name(result.path))
        except OSError as error:
            raise InputError(
                f"{printable(self._folder)}: cannot be written: {error.strerror or error}; name "
                "another folder"
            ) from error
        return True

    def _name(self, path: Path) -> str:
        name, number = printable(path.name), 1
        while (free := name if number == 1 else f"{name} ({number})").casefold() in self._taken:
            number += 1
        self._taken.add(free.casefold())
        return free


def is_long(result: FilePrediction) -> bool:
    """Return whether a picture says more than a name: several windows, one of which sounds."""
    return (
        bool(result.windows)
        and len(result.windows) + len(result.silent_s) > 1
        and result.duration_s is not None
    )
