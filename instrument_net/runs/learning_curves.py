"""What a training run logged -> the section of its report with its learning curves."""

from __future__ import annotations

from functools import partial

import numpy as np

from instrument_net.drawing.curves import plot_curves
from instrument_net.drawing.saving import save_figure
from instrument_net.files import write_atomically
from instrument_net.run_folder import RunFolder, read_curves
from instrument_net.runs.monitor import Monitor

NAME = "learning_curves"
_LOSS, _SCORE = "loss", "macro_recall"


def learning_curves(folder: RunFolder, monitor: Monitor, *, figures: str) -> dict[str, str]:
    """Write the curves of a run as a table and a plot.

    Writes ``learning_curves.csv`` and ``learning_curves.png`` into the report's folder.

    Args:
        folder: Of the run, whose training has ended.
        monitor: What chose the best epoch.
        figures: Format of the plot, see :func:`instrument_net.drawing.saving.save_figure`.

    Returns:
        Heading -> Markdown, for the report; empty where TensorBoard did not log.
    """
    if not folder.tensorboard.is_dir():
        return {}
    curves = read_curves(folder.path)
    write_atomically(folder.report / f"{NAME}.csv", curves.round(6).to_csv().encode())
    watched = monitor.name.rpartition("/")[2]
    shown = list(dict.fromkeys([_LOSS, _SCORE, watched]))
    values = curves[monitor.name].dropna()
    numbers = values.to_numpy()
    position = _tested(numbers, monitor)
    best = values.index.tolist()[position]
    draw = partial(plot_curves, curves, shown, best_epoch=best, title="Learning curves")
    save_figure(draw, folder.report / NAME, figures=figures)
    names = ", ".join(name.replace("_", " ") for name in shown)
    said = (
        f"Dotted: epoch {best} (the first is 0), {_why(monitor)} `{monitor.name}`, "
        f"{numbers[position]:.4f}. "
        "Training is measured while the weights change, on clips as they are augmented."
    )
    return {"Learning curves": f"![{names} by epoch]({NAME}.png)\n\n{said}"}


def _tested(numbers: np.ndarray, monitor: Monitor) -> int:
    if monitor.tested_epoch == "last":
        return len(numbers) - 1
    return int(numbers.argmax() if monitor.mode == "max" else numbers.argmin())


def _why(monitor: Monitor) -> str:
    return "the last, with" if monitor.tested_epoch == "last" else "the best by"
