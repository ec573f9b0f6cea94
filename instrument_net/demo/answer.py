"""Uploaded files -> their predictions, and what the page says about each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.files import predict_files
from instrument_net.recognition.recogniser import Recogniser

BYTES_PER_MB = 2**20  # as gradio counts them, whose words a visitor reads first


def classify(
    recogniser: Recogniser, paths: Iterable[str | Path], *, max_bytes: int
) -> Iterator[FilePrediction]:
    """Classify files one by one, in order.

    A sound longer than a window is cut into overlapping windows, see
    :func:`~instrument_net.recognition.files.predict_files`.

    Args:
        recogniser: Waveforms -> probabilities.
        paths: The files.
        max_bytes: Largest file that is read.

    Yields:
        One result a file. One that is too large or cannot be read has an ``error``.
    """
    for path in map(Path, paths):
        if path.is_file() and (size := path.stat().st_size) > max_bytes:
            reason = (
                f"{path}: {size / BYTES_PER_MB:.1f} MB, at most {max_bytes / BYTES_PER_MB:g} MB "
                "are taken; cut it, or start the page with a larger --max-upload-mb"
            )
            yield FilePrediction(path, recogniser.class_names, error=reason)
        else:
            yield from predict_files(recogniser, [path])


def problem(result: FilePrediction) -> str:
    """Return why a file has no class, with its name but not its folder, the server's own.

    Empty, where it has one.
    """
    return without_folder(result.problem or "", result.path)


def without_folder(text: str, path: Path) -> str:
    """Return a text in which a file's path is only its name."""
    return text.replace(str(path), path.name)


def summary(result: FilePrediction) -> str:
    """Return one line about a classified file: its length, windows, and what to know about it."""
    assert result.duration_s is not None
    said = f"{result.path.name}: {clock(result.duration_s)}"
    n_windows = len(result.windows) + len(result.silent_s)
    if n_windows > 1:
        said += f", classified in {n_windows} windows of {result.window_s:.1f} s"
    # That it is longer than a window is said by the number of its windows.
    notes = [note for note in result.all_notes if not note.startswith("longer than a window")]
    return "; ".join([said, *notes])


def has_timeline(result: FilePrediction) -> bool:
    """Return whether a file has several windows, one of which sounds."""
    return bool(result.windows) and len(result.windows) + len(result.silent_s) > 1


def clock(seconds: float) -> str:
    """Return a time as a player shows it.

    >>> clock(9.25), clock(83)
    ('9.2 s', '1:23 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min"
