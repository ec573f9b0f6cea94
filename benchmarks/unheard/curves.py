"""Finished trials -> curves: recall against steps, parameters, and recorded sources of a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import yaml  # type: ignore[import-untyped]
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.unheard.recipes import BEST
from benchmarks.unheard.scores import recall_of
from benchmarks.unheard.sources import classes_of
from benchmarks.unheard.trial import Trial
from instrument_net.drawing.saving import save_figure
from instrument_net.evaluation import bootstrap_intervals, pooled
from instrument_net.recognition.recogniser import Recogniser

_BY_STEPS, _BY_PARAMETERS = ("short", BEST, "long"), ("narrow", BEST, "wide")
OF_CURVES = tuple(dict.fromkeys((*_BY_STEPS, *_BY_PARAMETERS)))  # recipes


def draw_curves(trials: Sequence[Trial], path: Path) -> None:
    """Write the figure ``path.png`` of the trials that are done; ``best`` must be among them.

    The recipes of a curve are shown on the seeds and folds that all of them have.
    """
    done = {
        (trial.name, trial.seed, trial.fold): trial
        for trial in trials if trial.is_done(stress=False)
    }  # fmt: skip

    def figure() -> Figure:
        drawn = Figure(figsize=(8.4, 3.2), layout="constrained")
        steps, parameters, sources = drawn.subplots(1, 3)
        _curve(steps, _common(done, _BY_STEPS), _n_steps, "training steps")
        _curve(
            parameters, _common(done, _BY_PARAMETERS), _n_thousand_parameters, "parameters / 1,000"
        )
        _by_sources(sources, [trial for trial in done.values() if trial.name == BEST])
        steps.set_ylabel("macro recall")
        return drawn

    save_figure(figure, path)


def _common(
    done: Mapping[tuple[str, int, str], Trial], names: Sequence[str]
) -> dict[str, list[Trial]]:
    """Return recipe -> its trials, on the seeds and folds that every recipe has."""
    keys = [{key[1:] for key in done if key[0] == name} for name in names]
    common = sorted(set.intersection(*keys))
    return {name: [done[name, *key] for key in common] for name in names}


def _curve(
    axes: Axes, recipes: Mapping[str, Sequence[Trial]], size: Callable[[Trial], int], label: str
) -> None:
    axes.set_xlabel(label)
    if not all(recipes.values()):
        axes.text(0.5, 0.5, "not run", ha="center", transform=axes.transAxes)
        return
    sizes, recalls, errors = [], [], []
    for trials in recipes.values():
        predictions = pooled([trial.predictions() for trial in trials])
        low, high = bootstrap_intervals(predictions).T["macro_recall"].tolist()
        sizes.append(size(trials[0]))
        recalls.append(recall_of(predictions))
        errors.append((recalls[-1] - low, high - recalls[-1]))
    axes.errorbar(sizes, recalls, yerr=list(zip(*errors, strict=True)), marker="o", capsize=3)
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{each:,}" for each in sizes])
    axes.minorticks_off()
    axes.set_ylim(0.5, 0.85)
    folds = ", ".join(sorted({trial.fold for trial in recipes[BEST]}))
    n_trainings = len(recipes[BEST])
    axes.set_title(f"fold {folds}, {n_trainings} trainings a point", size="small")


def _by_sources(axes: Axes, trials: Sequence[Trial]) -> None:
    """Draw a point for each class and fold, its size the number of clips, and their mean."""
    parts = [classes_of(trial) for trial in trials]
    for part in parts:
        axes.scatter(part["n_sources"], part["recall"], s=part["n_clips"], alpha=0.3, color="C0")
    means = pd.concat(parts).groupby("n_sources")["recall"].mean()
    axes.plot(means.index, means, marker="o", color="C1", label="mean")
    axes.set(xlabel="sources of the class in training", ylabel="recall of a class")
    axes.legend(loc="lower right")


def _n_steps(trial: Trial) -> int:
    config = yaml.safe_load(trial.folder.config.read_text(encoding="utf-8"))
    steps: int = config["data"]["epoch_clips"] // config["data"]["batch_size"]
    return steps * int(config["trainer"]["max_epochs"])


def _n_thousand_parameters(trial: Trial) -> int:
    network = Recogniser.from_checkpoint(trial.folder.best_checkpoint).network
    return round(sum(each.numel() for each in network.parameters()) / 1000)
