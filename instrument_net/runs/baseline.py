"""A baseline instead of a network: the same clips, sides, report and folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from omegaconf import DictConfig, OmegaConf
from rich.console import Console

from instrument_net.baselines import Baseline, build_baseline
from instrument_net.baselines.baseline import Array, Side
from instrument_net.baselines.clip_descriptors import describe_clips
from instrument_net.configuration import key_of
from instrument_net.data import InstrumentDataModule
from instrument_net.evaluation import Predictions, measure, write_report
from instrument_net.runs.facts import facts_of_a_run
from instrument_net.runs.screen import print_figures, print_next, shown_path

# Parts of the configuration that only a network has.
_OF_NETWORKS = (
    "augment",
    "callbacks",
    "compile",
    "init_from",
    "logger",
    "loss",
    "monitor",
    "optimizer",
    "resume_from",
    "scheduler",
    "trainer",
)


def train_baseline(
    config: DictConfig,
    datamodule: InstrumentDataModule,
    overrides: Sequence[str],
    environment: Mapping[str, object],
) -> float:
    """Fit and test the baseline that ``config.model`` names, and write its report.

    No checkpoint is left: scikit-learn's models are stored as code to be run.

    Args:
        config: ``conf/train.yaml`` with its stages.
        datamodule: Set up; its front end gives the features.
        overrides: The command line's own part of the configuration, for the report.
        environment: Of :func:`instrument_net.runs.environment.describe_environment`.

    Returns:
        Macro-F1 on the validation side.

    Raises:
        BaselineError: If scikit-learn is not installed.
    """
    baseline = build_baseline(**OmegaConf.to_container(config.model, resolve=True))  # type: ignore[arg-type]
    descriptors = describe_clips(datamodule.store, baseline.descriptor(datamodule.front_end))
    baseline.fit(*(_side(datamodule, descriptors, side) for side in ("train", "validation")))
    validation, test = (
        _predict(baseline, datamodule, descriptors, side) for side in ("validation", "test")
    )
    facts = facts_of_a_run(
        config,
        datamodule,
        overrides,
        environment,
        model=f"{config.model.name}, scikit-learn {version('scikit-learn')}",
        choice=baseline.describe(),
    )
    idle = [o for o in overrides if key_of(o).partition(".")[0] in _OF_NETWORKS]
    if idle:
        facts["Without effect"] = f"`{' '.join(idle)}`, which only networks have"
    run_dir = Path(config.run_dir)
    report = write_report(
        run_dir / "report", test, validation=validation, title=f"Test of {config.name}", facts=facts
    )
    console = Console()
    if idle:
        console.print(f"[yellow]without effect:[/yellow] {facts['Without effect']}")
    print_figures(console, report, f"{config.name}: {config.model.name} on the test split")
    print_next(console, {"report": shown_path(run_dir) / "report" / "report.md"})
    return measure(validation).overall["macro_f1"]


def _side(datamodule: InstrumentDataModule, descriptors: Array, side: str) -> Side:
    code = {name: index for index, name in enumerate(datamodule.class_names)}
    clips = datamodule.clips_of(side)
    return Side(
        descriptors=descriptors[(datamodule.clips["split"] == side).to_numpy()],
        labels=np.array([code[label] for label in clips["label"]], dtype=np.int64),
    )


def _predict(
    baseline: Baseline, datamodule: InstrumentDataModule, descriptors: Array, side: str
) -> Predictions:
    probabilities = baseline.probabilities(_side(datamodule, descriptors, side).descriptors)
    return Predictions(
        clips=datamodule.clips_of(side),
        probabilities=torch.from_numpy(probabilities).float(),
        class_names=datamodule.class_names,
    )
