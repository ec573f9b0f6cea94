"""Fit a baseline instead of a network: the same clips, splits and report."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
import torch
from rich.console import Console

from instrument_net.baselines import Baseline
from instrument_net.baselines.baseline import Array, SplitData
from instrument_net.baselines.clip_descriptors import describe_clips
from instrument_net.configuration import key_of
from instrument_net.data import InstrumentDataModule
from instrument_net.errors import InputError
from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions
from instrument_net.runs.ending import Trained
from instrument_net.runs.monitor import Monitor
from instrument_net.runs.typed_paths import as_typed

# Parts of the configuration that only a network has.
_OF_NETWORKS = (
    "augment",
    "callbacks",
    "checkpoint_minutes",
    "compile",
    "init_from",
    "logger",
    "loss",
    "optimizer",
    "resume_from",
    "scheduler",
    "trainer",
)


def idle_overrides(overrides: Sequence[str]) -> list[str]:
    """Return the overrides of a command line that have no effect on a baseline."""
    return [
        o for o in overrides if key_of(o).partition(".")[0] in _OF_NETWORKS or _of_epochs(key_of(o))
    ]


def _of_epochs(key: str) -> bool:
    return key == "data.sampling" or (key.startswith("data.extra.") and key.endswith(".share"))


def train_baseline(
    baseline: Baseline,
    datamodule: InstrumentDataModule,
    monitor: Monitor,
    *,
    name: str,
    idle: Sequence[str],
) -> Trained:
    """Fit a baseline and evaluate it on validation and test split.

    No checkpoint is left: scikit-learn's models are stored as code to be run.

    Args:
        baseline: Untrained.
        datamodule: Set up; its front end gives the features.
        monitor: The metric of validation by which the baseline chooses its own settings.
        name: Of the model, for screen and report.
        idle: Overrides without effect, which are named.

    Raises:
        InputError: If there are auxiliary classes, which only networks have.
    """
    if datamodule.auxiliary_classes:
        raise InputError(
            f"data.extra_classes=auxiliary is for networks; {name} takes all or shared"
        )
    facts = {}
    if idle:
        facts["Without effect"] = f"`{' '.join(map(as_typed, idle))}`, which only networks have"
        line = f"[yellow]without effect:[/yellow] {for_screen(facts['Without effect'])}"
        Console().print(line, soft_wrap=True)
    descriptors = describe_clips(datamodule.store, baseline.descriptor(datamodule.front_end))
    train, validation, test = (
        _split_data(datamodule, descriptors, split) for split in ("train", "validation", "test")
    )

    def predictions(split: str, probabilities: Array) -> Predictions:
        return Predictions(
            clips=datamodule.clips_of(split),
            probabilities=torch.from_numpy(probabilities).float(),
            class_names=datamodule.class_names,
        )

    baseline.fit(train, validation, lambda p: monitor.score(predictions("validation", p)))
    validated = predictions("validation", baseline.probabilities(validation.descriptors))
    return Trained(
        model=f"{name}, scikit-learn {version('scikit-learn')}",
        choice=baseline.describe(),
        shown_as=name,
        test=predictions("test", baseline.probabilities(test.descriptors)),
        validation=validated,
        score=monitor.of(validated),
        facts=facts,
    )


def _split_data(datamodule: InstrumentDataModule, descriptors: Array, split: str) -> SplitData:
    code = {name: index for index, name in enumerate(datamodule.class_names)}
    clips = datamodule.clips_of(split)
    return SplitData(
        descriptors=descriptors[(datamodule.clips["split"] == split).to_numpy()],
        labels=np.array([code[label] for label in clips["label"]], dtype=np.int64),
    )
