"""What stands for a checkpoint: a file, the folder of a run, or the weights in the package."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from instrument_net.errors import InputError
from instrument_net.files import AUDIO_SUFFIXES, printable
from instrument_net.invocation import command_name
from instrument_net.recognition.weights_file import ENDING, is_weights_file
from instrument_net.run_folder import RunFolder

PRETRAINED = "pretrained"  # in place of a checkpoint: the weights in the package
PRETRAINED_FILE = Path(__file__).parents[1] / PRETRAINED / f"best{ENDING}"

_ENDINGS = (".ckpt", ENDING)
_ADVICE = (
    "a checkpoint is a .ckpt or .safetensors file or the folder of a run; without one, the weights "
    "in the package are used"
)


def checkpoint_file(path: str | Path) -> Path:
    """Return the file that is meant: a checkpoint, a run's best one, or that of the package.

    The word ``pretrained`` stands for the weights in the package.
    """
    path = Path(path)
    if str(path) == PRETRAINED:
        return PRETRAINED_FILE
    if not path.is_dir():
        return path
    best = RunFolder(path).best_checkpoint
    return best if best.is_file() else path / best.name


def describe_pretrained(path: Path, card: Mapping[str, Any]) -> str | None:
    """Return the sentence that says which weights are used, where nobody named any."""
    if path != PRETRAINED_FILE:
        return None
    return (
        f"weights in the package, {card.get('summary', 'without a card')} ({command_name('card')})"
    )


def checkpoint_and_inputs(
    paths: Sequence[Path], *, inputs: Collection[str] = ()
) -> tuple[Path, list[Path]]:
    """Return the checkpoint, and the files and folders that it is used on.

    The first path is the checkpoint, if it is one by its ending or content, is the folder of a run,
    or is the word ``pretrained``. If it is audio or a folder, all paths are inputs, and the
    weights in the package are the checkpoint. Whether either can be read is for its reader to say.

    Args:
        paths: As they were typed.
        inputs: Endings of files that are inputs, too, beside audio.

    Raises:
        InputError: If the first path is neither: a checkpoint whose name is mistyped does not stand
            for another one.
    """
    first, *others = paths or [Path(PRETRAINED)]
    if str(first) == PRETRAINED or _is_checkpoint(first):
        return checkpoint_file(first), others
    if first.is_dir():
        if others and (runs := _runs_in(first)):
            raise InputError(
                f"{printable(first)}: is no run, but holds some; name one of them, as {runs[0]}"
            )
    elif first.suffix.lower() not in AUDIO_SUFFIXES | frozenset(inputs):
        _check_is_audio(first)
    return PRETRAINED_FILE, list(paths)


def _check_is_audio(path: Path) -> None:
    """Refuse a file without a usual ending of audio that is none by its content either.

    Raises:
        InputError: Saying what is expected.
    """
    # Late: they import torch, which takes longer than all that --help needs.
    from instrument_net.audio.codecs import SOUND_SUFFIXES, VIDEO_SUFFIXES
    from instrument_net.audio.opening import opens

    if path.suffix.lower() in SOUND_SUFFIXES | VIDEO_SUFFIXES:
        return
    if not path.exists():
        raise InputError(f"{printable(path)}: no such file or folder; {_ADVICE}")
    if not opens(path):
        raise InputError(f"{printable(path)}: neither audio nor a checkpoint; {_ADVICE}")


def _is_checkpoint(path: Path) -> bool:
    """Return whether a path is meant as a checkpoint, however damaged it may be."""
    if path.suffix.lower() in _ENDINGS:
        return True
    if path.is_dir():
        run = RunFolder(path)
        return any(
            each.exists() for each in (run.config, run.checkpoints, path / run.best_checkpoint.name)
        )
    return is_weights_file(path) or _is_torch_archive(path)


def _is_torch_archive(path: Path) -> bool:
    if not zipfile.is_zipfile(path):  # nor there at all
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/data.pkl") for name in archive.namelist())


def _runs_in(folder: Path) -> list[str]:
    """Return the runs in a folder such as ``outputs/best``, by their names."""
    pattern = f"*/{RunFolder(Path()).checkpoints.name}"
    return sorted(printable(found.parent) for found in folder.glob(pattern))
