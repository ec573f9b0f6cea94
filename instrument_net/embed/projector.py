"""Vectors -> the files of TensorBoard's projector."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from instrument_net.embed.vectors import FileVectors
from instrument_net.errors import InputError
from instrument_net.escaping import one_line
from instrument_net.extras import missing
from instrument_net.files import printable

_HEADER = ["label", "path", "probability"]


def check_projector(folder: Path) -> None:
    """Refuse, before any work, what cannot be written or shown.

    Raises:
        InputError: If TensorBoard is not installed, or the folder holds something: TensorBoard
            would show both.
    """
    if find_spec("tensorboard") is None:
        raise InputError(f"--projector: {missing('tensorboard')}")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{printable(folder)}: is not empty; name a new folder")


def write_projector(vectors: FileVectors, folder: Path) -> None:
    """Write what ``tensorboard --logdir FOLDER`` shows under PROJECTOR.

    Args:
        vectors: The files.
        folder: New or empty.

    Raises:
        InputError: If it cannot be written.
    """
    from torch.utils.tensorboard import SummaryWriter

    rows = [
        [one_line(label), one_line(path), f"{probability:.3f}"]
        for label, path, probability in zip(
            vectors.labels, vectors.paths, vectors.probabilities, strict=True
        )
    ]
    try:
        with SummaryWriter(str(folder)) as writer:
            writer.add_embedding(
                vectors.vectors, metadata=rows, metadata_header=_HEADER, tag="files"
            )
    except OSError as error:
        raise InputError(f"{printable(folder)}: cannot be written: {error.strerror}") from error
