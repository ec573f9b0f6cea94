"""What is known about a network's certainty -> into its checkpoint."""

from __future__ import annotations

from pathlib import Path

import torch

from instrument_net.errors import InputError
from instrument_net.files import written_atomically
from instrument_net.recognition.certainty import KEY, Certainty
from instrument_net.recognition.checkpoint import read_checkpoint
from instrument_net.recognition.weights_file import is_weights_file


def check_keeps(checkpoint: Path) -> None:
    """Refuse what nothing is written into.

    Raises:
        InputError: If it is exported weights.
    """
    if is_weights_file(checkpoint):
        raise InputError(
            f"{checkpoint}: exported weights, which stay as they are; calibrate the checkpoint, "
            "then export it again"
        )


def keep_certainty(checkpoint: Path, certainty: Certainty) -> None:
    """Write a checkpoint anew, with how sure its network may be; all else stays as it is.

    It lies in the checkpoint, not beside it: it is of these weights, and goes where they go. A
    checkpoint that training writes later, of other weights, has none.

    Args:
        checkpoint: The file, which is replaced once the new one is complete.
        certainty: Kept as numbers and texts alone.

    Raises:
        CheckpointError: If the checkpoint cannot be read.
        InputError: If it cannot be written, or is exported weights.
    """
    check_keeps(checkpoint)
    content = read_checkpoint(checkpoint)
    content[KEY] = certainty.plain()
    try:
        with written_atomically(checkpoint) as part:
            torch.save(content, part)
    except (OSError, RuntimeError) as error:  # the latter: PyTorch's, of a full disk
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"{checkpoint}: cannot be written: {reason}") from error
