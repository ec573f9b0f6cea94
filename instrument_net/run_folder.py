"""A finished run's folder, read back: the newest one, what it has heard, and its curves."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

import pandas as pd

from instrument_net.errors import InputError

_SHOWN_CURVES = ("train/", "validation/", "lr-")


class RunFolderError(InputError):
    """A folder that is no finished run; the message names it, what is missing and what to do."""


def newest_run(outputs: str | Path) -> Path:
    """Return the folder of the training run that ended last.

    Args:
        outputs: Folder of any depth that holds runs, as ``outputs/<experiment>/<date>_<time>``.

    Raises:
        RunFolderError: If no run below it has both its best checkpoint and its report.
    """
    reports = {
        checkpoint.parents[1]: checkpoint.parents[1] / "report" / "predictions.csv"
        for checkpoint in Path(outputs).rglob("checkpoints/best.ckpt")
    }
    ended = {run: file.stat().st_mtime_ns for run, file in reports.items() if file.is_file()}
    if not ended:
        raise RunFolderError(
            f"{outputs}: no finished run in it or below; this makes one: "
            "python -m instrument_net.train +experiment=quickstart"
        )
    return max(ended, key=ended.__getitem__)


def files_heard(checkpoint: str | Path) -> set[str] | None:
    """Return the audio files that a run has trained or validated on; ``None`` where it is unknown.

    Args:
        checkpoint: In the run's folder.
    """
    table = Path(checkpoint).resolve().parents[1] / "splits.csv"
    if not table.is_file():
        return None
    clips = pd.read_csv(table, dtype=str)
    return set(clips["path"][clips["split"].isin(["train", "validation"])])


def read_curves(run: str | Path) -> pd.DataFrame:
    """Return what a training run logged, epoch by epoch.

    Args:
        run: Its folder, with TensorBoard's events in ``tensorboard/``.

    Returns:
        One row an epoch, indexed by ``epoch`` from 0, one column a curve by its name in
        TensorBoard: ``train/loss``, ``validation/macro_f1``, ``lr-Adam`` (at the start of the
        epoch), ... Of a curve logged more often, the last value of the epoch; NaN where an epoch
        has none.

    Raises:
        RunFolderError: If the folder holds no events of a training.
    """
    # Here and not above: where TensorFlow is installed, this imports it.
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = Path(run) / "tensorboard"
    names: list[str] = []
    if folder.is_dir():
        events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
        names = events.Tags()["scalars"]
    if "epoch" not in names:
        raise RunFolderError(
            f"{folder}: no curves of a training run; a run folder is what instrument_net.train "
            "names when it starts"
        )
    # Lightning logs every figure at an optimizer step, and the epoch's number at its last step.
    epoch_at = {scalar.step: int(scalar.value) for scalar in events.Scalars("epoch")}
    last_steps = sorted(epoch_at)
    curves: dict[str, dict[int, float]] = {}
    for name in names:
        if name.startswith(_SHOWN_CURVES):
            curves[name] = {}
            for scalar in events.Scalars(name):
                position = bisect_left(last_steps, scalar.step)
                if position < len(last_steps):  # else an epoch that was broken off
                    curves[name][epoch_at[last_steps[position]]] = scalar.value
    return pd.DataFrame(curves).sort_index().rename_axis("epoch")
