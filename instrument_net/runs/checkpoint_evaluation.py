"""Configuration of ``evaluate`` -> the report of a checkpoint."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from lightning.pytorch.loggers import TensorBoardLogger
from omegaconf import DictConfig
from rich.console import Console

from instrument_net.configuration import ConfigurationError
from instrument_net.data import Everything, InstrumentDataModule
from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions, write_report
from instrument_net.evaluation.named_outputs import NamedOutputs
from instrument_net.explanation.report_sections import FOLDER as EXPLANATIONS
from instrument_net.explanation.report_sections import explain_split
from instrument_net.monitoring import log_mistakes
from instrument_net.recognition.named_checkpoint import checkpoint_file
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder
from instrument_net.runs.data_assembly import build_data, build_label_table
from instrument_net.runs.facts import command_line
from instrument_net.runs.left_out import name_left_out
from instrument_net.runs.loggers import build_logger
from instrument_net.runs.own_split import open_own_split
from instrument_net.runs.screen import print_common_classes, print_metrics, print_next, shown_path
from instrument_net.runs.seen_clips import seen_in_training
from instrument_net.runs.split_predictions import predict_split
from instrument_net.stress.report_section import NAME as STRESS
from instrument_net.stress.report_section import stress_split


def evaluate_checkpoint(config: DictConfig, *, overrides: list[str]) -> None:
    """Write and print the report of a checkpoint.

    Args:
        config: ``conf/evaluate.yaml``.
        overrides: The command line's own part of it, for the report.

    Raises:
        InputError: If ``explain`` is no number of clips or comes with ``output_labels``, the run's
            own test split is not known, or checkpoint, table or audio cannot be used.
    """
    if type(config.explain) is not int or config.explain < 0:  # true would be a number, too
        raise ConfigurationError(
            f"explain={config.explain}: expected a whole number of clips, 0 for none"
        )
    config.checkpoint = str(checkpoint_file(config.checkpoint))
    recogniser = Recogniser.from_checkpoint(config.checkpoint)
    outputs = _named_outputs(config, recogniser)
    datamodule = _open_data(config, recogniser)
    ignore = outputs.unknown(datamodule.clips_of("test"))
    _print_ignored(outputs.labelled(datamodule.clips_of("test")), ignore)
    folder = RunFolder(Path(config.run_dir))
    name_left_out(datamodule, folder)
    if _is_own_split(config):
        Console().print(for_screen(datamodule.describe_split()), highlight=False, soft_wrap=True)
    predictions = predict_split(recogniser, datamodule, "test", ignore=ignore, outputs=outputs)
    sections = _sections(config, recogniser, datamodule, predictions, outputs, folder)
    facts = _facts(config, outputs, datamodule, overrides, ignore)
    facts["Seen in training"] = _print_seen(config, datamodule)
    report = write_report(
        folder.report,
        predictions,
        validation=_validation(config, recogniser, datamodule, outputs),
        title=f"{shown_path(Path(config.checkpoint).resolve())} on {facts['Clips']}",
        facts=facts,
        sections=sections,
        other_corpus=not _is_own_split(config),
        figures=config.figures,
        front_end=recogniser.front_end,
    )
    logger = build_logger(config.logger, folder)
    if isinstance(logger, TensorBoardLogger):
        log_mistakes(logger.experiment, report.mistakes, recogniser.front_end)
        logger.save()
    console = Console()
    print_metrics(console, report, facts["Clips"])
    if report.common is not None:
        print_common_classes(console, report.common)
    shown = RunFolder(shown_path(folder.path))
    places: dict[str, str | Path] = {
        "report": shown.report_page,
        "the same in a browser": shown.html_page,
    }
    if config.explain:
        places["why: pictures of clips"] = shown.report / EXPLANATIONS
    if config.stress:
        places["scores under stress"] = shown.report / f"{STRESS}.png"
    if isinstance(logger, TensorBoardLogger):
        places["mistakes to see and hear"] = f"tensorboard --logdir {shown.path}"
    print_next(console, places)


def _sections(
    config: DictConfig,
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    predictions: Predictions,
    outputs: NamedOutputs,
    folder: RunFolder,
) -> dict[str, str]:
    sections: dict[str, str] = {}
    if config.stress:
        sections |= stress_split(
            recogniser,
            datamodule,
            predictions,
            folder.report,
            outputs=outputs,
            figures=config.figures,
        )
    if config.explain:
        sections |= explain_split(
            recogniser,
            datamodule,
            predictions,
            folder.report,
            n_clips=config.explain,
            figures=config.figures,
        )
    return sections


def _is_own_split(config: DictConfig) -> bool:
    return "_target_" not in config.data  # no corpus was chosen


def _named_outputs(config: DictConfig, recogniser: Recogniser) -> NamedOutputs:
    if config.output_labels is None:
        return NamedOutputs(recogniser.class_names)
    if config.explain:
        raise ConfigurationError(
            f"explain={config.explain}: explains the network's own outputs, which output_labels="
            f"{config.output_labels} puts together: leave one of the two out"
        )
    return NamedOutputs(
        recogniser.class_names, build_label_table(config.output_labels, "output_labels")
    )


def _open_data(config: DictConfig, recogniser: Recogniser) -> InstrumentDataModule:
    if _is_own_split(config):
        if config.data.labels is not None:
            raise ConfigurationError(
                f"data.labels={config.data.labels}: the run's own test split has the labels of the "
                "run: name a corpus, data=folder data.path=..., or rename outputs and labels, "
                "output_labels=..."
            )
        return open_own_split(
            Path(config.checkpoint), recogniser.front_end, moved_to=config.moved_to
        )
    datamodule = build_data(config.data, recogniser.front_end, split=Everything())
    datamodule.setup()
    return datamodule


def _validation(
    config: DictConfig,
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    outputs: NamedOutputs,
) -> Predictions | None:
    if not _is_own_split(config) or datamodule.clips_of("validation").empty:
        return None
    ignore = outputs.unknown(datamodule.clips_of("validation"))
    return predict_split(recogniser, datamodule, "validation", ignore=ignore, outputs=outputs)


def _print_ignored(clips: pd.DataFrame, ignore: frozenset[str]) -> None:
    if not ignore:
        return
    n_ignored = int(clips["label"].isin(list(ignore)).sum())
    Console().print(
        f"[yellow]left out:[/yellow] {n_ignored} clips of classes that the network does not "
        f"know: {for_screen(', '.join(sorted(ignore)))} (data.labels=FILE maps labels)",
        highlight=False,
        soft_wrap=True,
    )


def _print_seen(config: DictConfig, datamodule: InstrumentDataModule) -> str:
    """Print and return on how many of the test clips the checkpoint was trained."""
    tested = datamodule.clips[datamodule.clips["split"] == "test"]
    seen, n_seen = seen_in_training(config.checkpoint, tested)
    if n_seen:
        seen += ": expect lower scores on others"
    colour = "yellow" if n_seen else "default"
    Console().print(
        f"[{colour}]seen in training:[/{colour}] {for_screen(seen)}",
        highlight=False,
        soft_wrap=True,
    )
    return seen


def _facts(
    config: DictConfig,
    outputs: NamedOutputs,
    datamodule: InstrumentDataModule,
    overrides: list[str],
    ignore: frozenset[str],
) -> dict[str, str]:
    own = _is_own_split(config)
    clips = outputs.labelled(datamodule.clips_of("test"))
    absent = sorted(set(outputs.class_names) - set(clips["label"]))
    facts = {
        "Command": f"`{command_line('evaluate', overrides)}`",
        "Clips": "the run's own test split" if own else datamodule.describe(),
        "Split": datamodule.describe_split() if own else "every clip is tested",
    }
    if own:
        facts["Data"] = datamodule.describe()
    if outputs.table is not None:
        facts["Outputs"] = f"by {outputs.table.origin}: {outputs.describe()}"
    if ignore:
        facts["Left out"] = f"classes unknown to the network: {', '.join(sorted(ignore))}"
    if absent:
        facts["Not among the clips"] = (
            f"{', '.join(absent)}: in no average; predicting them is always a mistake"
        )
    return facts
