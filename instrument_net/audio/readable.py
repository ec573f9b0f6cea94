"""A path -> whether its bytes can be read, whatever they mean."""

from __future__ import annotations

from pathlib import Path

from instrument_net.audio.audio_error import AudioError, PassingError

_READ_BYTES = 2**20


def check_file(path: Path) -> None:
    """Refuse what cannot be an audio file before a decoder tries.

    Raises:
        AudioError: If there is no such file, or it is empty or has no header by its name.
        PassingError: If it cannot be opened now.
    """
    try:
        size = path.stat().st_size
        is_file = path.is_file()
        if is_file:
            path.open("rb").close()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AudioError(f"{path}: no such file") from error
    except OSError as error:
        raise passing(path, error) from error
    except ValueError as error:  # a zero byte in the name
        raise AudioError(f"{path!r}: no such file") from error
    if not is_file:
        raise AudioError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    if size == 0:
        raise AudioError(f"{path}: the file is empty (0 bytes)")
    # By this extension soundfile asks its caller for rate and channels, with a TypeError.
    if path.suffix.lower() == ".raw":
        raise AudioError(f"{path}: .raw has no header that states its rate; convert it to wav")


def check_readable(path: Path) -> None:
    """Raise a PassingError if the bytes of a file cannot be read.

    Raises:
        PassingError: As said.
    """
    try:
        with path.open("rb") as file:
            while file.read(_READ_BYTES):
                pass
    except OSError as error:
        raise passing(path, error) from error


def passing(path: Path, error: OSError) -> PassingError:
    """Return what is said about a file that cannot be read now."""
    return PassingError(f"{path}: cannot be read now: {error.strerror or error}")
