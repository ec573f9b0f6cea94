"""Classified files -> a picture of each long one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from instrument_net.audio import AudioError
from instrument_net.drawing.saving import save_figure
from instrument_net.drawing.timeline import plot_recording
from instrument_net.errors import InputError
from instrument_net.files import printable
from instrument_net.frontend import FrontEnd
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.file_spectrogram import file_spectrogram


def long_files(results: Sequence[FilePrediction]) -> list[FilePrediction]:
    """Return the files of which a picture says more than a name: several windows, one sounding."""
    return [
        result
        for result in results
        if result.windows
        and len(result.windows) + len(result.silent_s) > 1
        and result.duration_s is not None
    ]


def draw_recordings(
    results: Sequence[FilePrediction], front_end: FrontEnd, folder: Path
) -> Iterator[str | None]:
    """Write a picture a long file, ``NAME.png``, and yield why not, a file at a time.

    A picture of that name is overwritten; of files with one name, later ones get a number.

    Args:
        results: What :func:`long_files` returns.
        front_end: Whose spectrogram is drawn.
        folder: Made if it does not exist.

    Raises:
        InputError: If a picture cannot be written.
    """
    taken: set[str] = set()
    for result in results:
        try:
            assert result.duration_s is not None
            levels, hop_s = file_spectrogram(front_end, result.path, duration_s=result.duration_s)
        except AudioError as error:  # changed since it was classified
            yield str(error)
            continue
        draw = partial(
            plot_recording, result, levels.numpy(), bin_hz=front_end.bin_hz.cpu().numpy(),
            hop_s=hop_s,
        )  # fmt: skip
        name, number = printable(result.path.name), 1
        while (free := name if number == 1 else f"{name} ({number})").casefold() in taken:
            number += 1
        taken.add(free.casefold())
        try:
            save_figure(draw, folder / free)
        except OSError as error:
            raise InputError(
                f"{printable(folder)}: cannot be written: {error.strerror or error}; name another "
                "folder"
            ) from error
        yield None
