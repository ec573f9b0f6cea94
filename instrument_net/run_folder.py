"""What a run folder holds, and what each file in it is called: nobody else knows."""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from instrument_net.errors import InputError
from instrument_net.invocation import command_name

if TYPE_CHECKING:
    import pandas as pd  # late elsewhere: predict, which asks for places only, does without it

BEST, LAST = "best", "last"  # checkpoints, without their ending
TENSORBOARD, CSV = "tensorboard", "csv"  # what loggers write
LOCK = ".lock"  # held by the process that works in the folder
CLAIM = ".claim"  # says which process that is, where several share the work
# In a report's folder:
PREDICTIONS, REPORT_PAGE, HTML_PAGE = "predictions.csv", "report.md", "report.html"

_SHOWN_CURVES = ("train/", "validation/", "lr-")


class RunFolderError(InputError):
    """A folder that is no finished run; the message names it, what is missing and what to do."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run, of a cross-validation or of an evaluation.

    Attributes:
        path: Where it is; it need not exist yet.
    """

    path: Path

    @classmethod
    def of_checkpoint(cls, checkpoint: str | Path) -> Self:
        """Return the folder of the run that wrote a checkpoint, wherever its files are now."""
        return cls(Path(checkpoint).resolve().parents[1])

    @property
    def config(self) -> Path:
        """Return the composed configuration, which Hydra writes."""
        return self.path / ".hydra" / "config.yaml"

    @property
    def checkpoints(self) -> Path:
        """Return the folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def best_checkpoint(self) -> Path:
        """Return the checkpoint that is tested."""
        return self.checkpoints / f"{BEST}.ckpt"

    @property
    def last_checkpoint(self) -> Path:
        """Return the state of the run after its last completed epoch, to continue from."""
        return self.checkpoints / f"{LAST}.ckpt"

    @property
    def environment(self) -> Path:
        """Return the versions, machine and commit."""
        return self.path / "environment.json"

    @property
    def splits(self) -> Path:
        """Return the table of clips with the split of each."""
        return self.path / "splits.csv"

    @property
    def rejected(self) -> Path:
        """Return the table of clips that were left out, with the reasons."""
        return self.path / "rejected.csv"

    @property
    def report(self) -> Path:
        """Return the folder of the report."""
        return self.path / "report"

    @property
    def report_page(self) -> Path:
        """Return the report's page, which is written last: with it, the run is finished."""
        return self.report / REPORT_PAGE

    @property
    def html_page(self) -> Path:
        """Return the same page for a browser, with its pictures and sounds inside."""
        return self.report / HTML_PAGE

    @property
    def predictions(self) -> Path:
        """Return the table of the test clips' predictions."""
        return self.report / PREDICTIONS

    @property
    def tensorboard(self) -> Path:
        """Return the folder of TensorBoard's events."""
        return self.path / TENSORBOARD

    @property
    def folds(self) -> Path:
        """Return the table of the folds' metrics, in the folder of a cross-validation."""
        return self.path / "folds.csv"

    @property
    def summarised(self) -> Path:
        """Return what is written behind the report of a cross-validation: of which folds it is."""
        return self.path / ".summarised.json"


def newest_run(outputs: str | Path) -> Path:
    """Return the folder of the training run that ended last.

    Args:
        outputs: Folder of any depth that holds runs, as ``outputs/<experiment>/<date>_<time>``.

    Raises:
        RunFolderError: If no run below it has both its best checkpoint and its report.
    """
    pattern = RunFolder(Path()).best_checkpoint.as_posix()
    runs = [RunFolder.of_checkpoint(found) for found in Path(outputs).rglob(pattern)]
    ended = {
        run.path: run.predictions.stat().st_mtime_ns for run in runs if run.predictions.is_file()
    }
    if not ended:
        raise RunFolderError(
            f"{outputs}: no finished run in it or below; this makes one: "
            f"{command_name('train')} +experiment=quickstart"
        )
    return max(ended, key=ended.__getitem__)


def read_splits(run: RunFolder) -> pd.DataFrame | None:
    """Return the table of clips that a run wrote; ``None`` if there is none.

    Returns:
        One row a clip, with ``path`` and ``split``, and with ``digest`` of its decoded samples
        unless an earlier version wrote it.

    Raises:
        RunFolderError: If the file is no such table.
    """
    from instrument_net.own_table import read_own_table

    if not run.splits.is_file():
        return None
    try:
        table = read_own_table(run.splits)
    except ValueError as error:
        raise RunFolderError(f"{run.splits}: damaged, no table of clips: {error}") from error
    if not {"path", "split"} <= set(table.columns):
        raise RunFolderError(f"{run.splits}: no table of clips: path or split is missing")
    return table


def working_directory(run: RunFolder) -> Path | None:
    """Return where a run was started, from which relative paths lead; ``None`` if not known."""
    try:
        kept = json.loads(run.environment.read_text()).get("working_directory")
    except (OSError, ValueError, AttributeError):
        return None
    return Path(kept) if isinstance(kept, str) else None


def read_curves(run: str | Path) -> pd.DataFrame:
    """Return what a training run logged, epoch by epoch.

    Args:
        run: Its folder.

    Returns:
        One row an epoch, indexed by ``epoch`` from 0, one column a curve by its name in
        TensorBoard: ``train/loss``, ``validation/macro_f1``, ``lr-Adam`` (at the start of the
        epoch), ... Of a curve logged more often, the last value of the epoch; NaN where an epoch
        has none.

    Raises:
        RunFolderError: If the folder holds no events of a training.
    """
    import pandas as pd

    # Imported late: where TensorFlow is installed, this imports it.
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = RunFolder(Path(run)).tensorboard
    names: list[str] = []
    if folder.is_dir():
        events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
        names = events.Tags()["scalars"]
    if "epoch" not in names:
        raise RunFolderError(
            f"{folder}: no curves of a training run; a run folder is what instrument_net.train "
            "names when it starts"
        )
    # Lightning logs every value at an optimizer step, and the epoch's number at its last step.
    epoch_at = {scalar.step: int(scalar.value) for scalar in events.Scalars("epoch")}
    last_steps = sorted(epoch_at)
    curves: dict[str, dict[int, float]] = {}
    for name in names:
        if name.startswith(_SHOWN_CURVES):
            curves[name] = {}
            for scalar in events.Scalars(name):
                position = bisect_left(last_steps, scalar.step)
                if position < len(last_steps):  # else an epoch that was interrupted
                    curves[name][epoch_at[last_steps[position]]] = scalar.value
    return pd.DataFrame(curves).sort_index().rename_axis("epoch")
