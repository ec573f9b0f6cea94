"""Plots of trials: optimisation history, intermediate values, slices and importances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter

from instrument_net.drawing.titles import add_title
from instrument_net.escaping import for_plot
from instrument_net.search.outcome import Outcome
from instrument_net.search.space import Parameter

OBJECTIVE = "macro recall"
_COLOURS = {"complete": "#08519c", "pruned": "#9ecae1"}
_BEST = "#d94801"


def plot_history(outcomes: Sequence[Outcome]) -> Figure:
    """Plot the objective of complete trials in their order, and the best so far.

    Args:
        outcomes: In their order, at least one complete.
    """
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    complete = [o for o in outcomes if o.state == "complete"]
    axes.plot(
        [o.number for o in complete], [_value(o) for o in complete], "o",
        color=_COLOURS["complete"], markersize=5, label="complete",
    )  # fmt: skip
    # On the lower edge: an objective of fewer folds cannot be compared with these.
    pruned = [o.number for o in outcomes if o.state == "pruned"]
    if pruned:
        axes.plot(
            pruned, [0.03] * len(pruned), "x", color=_COLOURS["pruned"], markersize=6,
            label="pruned", transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    best = np.maximum.accumulate([_value(o) for o in complete])
    axes.step(
        [*(o.number for o in complete), outcomes[-1].number], [*best, best[-1]], where="post",
        color=_BEST, linewidth=1.2, label="best so far",
    )  # fmt: skip
    _finish(axes, "trial")
    add_title(figure, "Optimisation history")
    return figure


def plot_running(outcomes: Sequence[Outcome], folds: Sequence[str]) -> Figure:
    """Plot the objective after each fold, one line a trial.

    Args:
        outcomes: In any order, at least one complete.
        folds: Names, in the order in which they were run.
    """
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    best = max((o for o in outcomes if o.state == "complete"), key=_value)
    for outcome in outcomes:
        if outcome is best or outcome.state == "failed":
            continue
        axes.plot(
            *_curve(outcome), ".-", color=_COLOURS[outcome.state], linewidth=0.9, markersize=4
        )
    axes.plot(*_curve(best), "o-", color=_BEST, markersize=4)
    for label, colour in {f"best: trial {best.number}": _BEST, **_COLOURS}.items():
        axes.plot([], [], "o-", color=colour, markersize=4, label=label)
    axes.set_xticks(
        range(1, len(folds) + 1),
        list(map(for_plot, folds)),
        rotation=45,
        ha="right",
        fontsize="small",
    )
    _finish(axes, "objective of all folds up to this one", whole=False)
    add_title(figure, "Intermediate values")
    return figure


def drawn_parameters(outcomes: Sequence[Outcome], space: Sequence[Parameter]) -> list[Parameter]:
    """Return the parameters of which a complete trial has drawn a value."""
    complete = [o for o in outcomes if o.state == "complete"]
    return [p for p in space if any(p.key in o.drawn for o in complete)]


def plot_slices(outcomes: Sequence[Outcome], space: Sequence[Parameter]) -> Figure:
    """Plot the objective over each parameter, one point a complete trial.

    Args:
        outcomes: In any order; a complete one has drawn a value of one parameter at least.
        space: What may be drawn.
    """
    complete = [o for o in outcomes if o.state == "complete"]
    drawn = drawn_parameters(outcomes, space)
    best = max(complete, key=_value)
    columns = min(3, len(drawn))
    rows = -(-len(drawn) // columns)
    figure = Figure(figsize=(2.9 * columns + 0.6, 2.5 * rows + 0.3), layout="constrained")
    grid = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for axes, parameter in zip(grid, drawn, strict=False):
        _slice(axes, parameter, [o for o in complete if parameter.key in o.drawn], best)
    for axes in grid[len(drawn) :]:
        axes.remove()
    figure.supylabel(OBJECTIVE)
    add_title(figure, f"Complete trials; the best is trial {best.number}")
    return figure


def plot_importances(importances: Mapping[str, float]) -> Figure:
    """Plot the importance of each parameter, the largest on top.

    Args:
        importances: Parameter -> importance; they sum to 1.
    """
    ordered = sorted(importances.items(), key=lambda item: item[1])
    figure = Figure(figsize=(7, 0.32 * len(ordered) + 1.3), layout="constrained")
    axes = figure.subplots()
    axes.barh(
        [for_plot(name) for name, _ in ordered], [share for _, share in ordered], color="#9ecae1"
    )
    axes.set_xlim(0, 1)
    axes.set_xlabel("importance")
    add_title(figure, "Importance of each parameter")
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    return figure


def _slice(axes: Axes, parameter: Parameter, outcomes: Sequence[Outcome], best: Outcome) -> None:
    x: list[Any] = [outcome.drawn[parameter.key] for outcome in outcomes]
    if parameter.distribution == "choice":
        axes.set_xticks(range(len(parameter.values)), list(map(for_plot, parameter.values)))
        axes.set_xlim(-0.5, len(parameter.values) - 0.5)
        axes.tick_params(axis="x", labelsize="small")
        x = [parameter.values.index(value) for value in x]
    elif parameter.distribution == "log_uniform":
        axes.set_xscale("log")
        # Within one decade matplotlib writes every minor tick, one over the other.
        low, high = (float(limit) for limit in parameter.values)
        axes.set_xlim(low / 1.2, high * 1.2)
        axes.set_xticks([low, high], [f"{low:g}", f"{high:g}"])
        axes.xaxis.set_minor_formatter(NullFormatter())
    colours = [_BEST if outcome is best else _COLOURS["complete"] for outcome in outcomes]
    axes.scatter(x, [_value(o) for o in outcomes], c=colours, s=18, alpha=0.8)
    axes.set_title(for_plot(parameter.key), fontsize="small")
    axes.grid(color="0.9")
    axes.set_axisbelow(True)


def _curve(outcome: Outcome) -> tuple[list[int], list[float]]:
    steps = sorted(outcome.running)
    return steps, [outcome.running[step] for step in steps]


def _finish(axes: Axes, x: str, *, whole: bool = True) -> None:
    if whole:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(x)
    axes.set_ylabel(OBJECTIVE)
    axes.grid(color="0.9")
    axes.set_axisbelow(True)
    axes.legend(loc="best", frameon=False, fontsize="small")


def _value(outcome: Outcome) -> float:
    assert outcome.value is not None
    return outcome.value
