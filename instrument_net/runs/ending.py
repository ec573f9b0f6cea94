"""What every run ends with, be it a network's or a baseline's: a report, and where to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from instrument_net.data import InstrumentDataModule
from instrument_net.evaluation import Predictions, Report, write_report
from instrument_net.run_folder import RunFolder
from instrument_net.runs.facts import command_line, facts_of_the_data, facts_of_the_machine
from instrument_net.runs.learning_curves import learning_curves
from instrument_net.runs.monitor import Monitor
from instrument_net.runs.screen import print_metrics, print_next, shown_path


def _record_nothing(report: Report) -> None:
    """Leave the report as it is."""


@dataclass(frozen=True)
class Trained:
    """What training leaves for the report.

    Attributes:
        model: What was trained, in words.
        choice: Which of its states is tested, and what chose it.
        shown_as: What the table on screen is about.
        test: Predictions of the test split.
        validation: Predictions of the validation split, on which the temperature is fitted.
        score: The value of ``monitor`` on the validation split.
        facts: Name -> text: what only this kind of run has to state.
        places: What -> where to look next, beside the report.
        record: Called with the finished report.
    """

    model: str
    choice: str
    shown_as: str
    test: Predictions
    validation: Predictions
    score: float
    facts: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str | Path] = field(default_factory=dict)
    record: Callable[[Report], None] = _record_nothing


def finish(
    trained: Trained,
    datamodule: InstrumentDataModule,
    folder: RunFolder,
    *,
    name: str,
    seed: int,
    overrides: Sequence[str],
    environment: Mapping[str, object],
    figures: str,
    monitor: Monitor,
) -> None:
    """Write the report of a run, print its metrics, and print where to look next.

    Args:
        trained: What training left.
        datamodule: Set up.
        folder: Of the run.
        name: Of the experiment.
        seed: Of the run.
        overrides: The command line's own part of the configuration.
        environment: Of :func:`instrument_net.runs.environment.describe_environment`.
        figures: Format of the plots.
        monitor: What chose the tested state.
    """
    report = write_report(
        folder.report,
        trained.test,
        validation=trained.validation,
        title=f"Test of {name}",
        facts={
            "Command": f"`{command_line('train', overrides)}`",
            "Model": trained.model,
            **facts_of_the_data(datamodule),
            "Choice": trained.choice,
            **facts_of_the_machine(seed, environment),
            **trained.facts,
        },
        sections=learning_curves(folder, monitor, figures=figures),
        figures=figures,
        front_end=datamodule.front_end,
    )
    trained.record(report)
    console = Console()
    print_metrics(console, report, f"{name}: {trained.shown_as} on the test split")
    shown = RunFolder(shown_path(folder.path))
    pages = {"report": shown.report_page, "the same in a browser": shown.html_page}
    print_next(console, {**pages, **trained.places})
