"""Configuration of ``evaluate`` -> the report of a checkpoint."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch.loggers import TensorBoardLogger
from omegaconf import DictConfig
from rich.console import Console

from instrument_net.configuration import ConfigurationError
from instrument_net.data import Everything, InstrumentDataModule
from instrument_net.escaping import for_screen
from instrument_net.evaluation import Predictions, write_report
from instrument_net.explanation.report_sections import FOLDER as EXPLANATIONS
from instrument_net.explanation.report_sections import explain_split
from instrument_net.monitoring import log_mistakes
from instrument_net.recognition.recogniser import Recogniser
from instrument_net.run_folder import RunFolder
from instrument_net.runs.assembly import build_data, build_logger
from instrument_net.runs.facts import command_line
from instrument_net.runs.left_out import name_left_out
from instrument_net.runs.own_split import open_own_split
from instrument_net.runs.screen import print_metrics, print_next, shown_path
from instrument_net.runs.seen_clips import seen_in_training
from instrument_net.runs.split_predictions import predict_split, unknown_labels


def evaluate_checkpoint(config: DictConfig, *, overrides: list[str]) -> None:
    """Write and print the report of a checkpoint.

    Args:
        config: ``conf/evaluate.yaml``.
        overrides: The command line's own part of it, for the report.

    Raises:
        InputError: If ``explain`` is no number of clips, the run's own test split is not known, or
            checkpoint, table or audio cannot be used.
    """
    if type(config.explain) is not int or config.explain < 0:  # true would be a number, too
        raise ConfigurationError(
            f"explain={config.explain}: expected a whole number of clips, 0 for none"
        )
    recogniser = Recogniser.from_checkpoint(config.checkpoint)
    datamodule = _open_data(config, recogniser)
    ignore = unknown_labels(recogniser, datamodule.clips_of("test"))
    _print_ignored(datamodule, ignore)
    folder = RunFolder(Path(config.run_dir))
    name_left_out(datamodule, folder)
    if _is_own_split(config):
        Console().print(for_screen(datamodule.describe_split()), highlight=False, soft_wrap=True)
    predictions = predict_split(recogniser, datamodule, "test", ignore=ignore)
    sections = {}
    if config.explain:
        sections = explain_split(
            recogniser, datamodule, predictions, folder.report, n_clips=config.explain
        )
    facts = _facts(config, recogniser, datamodule, overrides, ignore)
    facts["Seen in training"] = _print_seen(config, datamodule)
    report = write_report(
        folder.report,
        predictions,
        validation=_validation(config, recogniser, datamodule, ignore),
        title=f"{shown_path(Path(config.checkpoint).resolve())} on {facts['Clips']}",
        facts=facts,
        sections=sections,
    )
    logger = build_logger(config, folder)
    if isinstance(logger, TensorBoardLogger):
        log_mistakes(logger.experiment, report.mistakes, recogniser.front_end)
        logger.save()
    console = Console()
    print_metrics(console, report, facts["Clips"])
    shown = RunFolder(shown_path(folder.path))
    places: dict[str, str | Path] = {"report": shown.report_page}
    if sections:
        places["why: pictures of clips"] = shown.report / EXPLANATIONS
    places["mistakes to see and hear"] = f"tensorboard --logdir {shown.path}"
    print_next(console, places)


def _is_own_split(config: DictConfig) -> bool:
    return "_target_" not in config.data  # no corpus was chosen


def _open_data(config: DictConfig, recogniser: Recogniser) -> InstrumentDataModule:
    if _is_own_split(config):
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
    ignore: frozenset[str],
) -> Predictions | None:
    if not _is_own_split(config) or datamodule.clips_of("validation").empty:
        return None
    return predict_split(recogniser, datamodule, "validation", ignore=ignore)


def _print_ignored(datamodule: InstrumentDataModule, ignore: frozenset[str]) -> None:
    if not ignore:
        return
    n_ignored = int(datamodule.clips_of("test")["label"].isin(list(ignore)).sum())
    Console().print(
        f"[yellow]left out:[/yellow] {n_ignored} clips of classes that the network does not "
        f"know: {for_screen(', '.join(sorted(ignore)))}",
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
    recogniser: Recogniser,
    datamodule: InstrumentDataModule,
    overrides: list[str],
    ignore: frozenset[str],
) -> dict[str, str]:
    own = _is_own_split(config)
    absent = sorted(set(recogniser.class_names) - set(datamodule.clips_of("test")["label"]))
    facts = {
        "Command": f"`{command_line('evaluate', overrides)}`",
        "Clips": "the run's own test split" if own else datamodule.describe(),
        "Split": datamodule.describe_split() if own else "every clip is tested",
    }
    if own:
        facts["Data"] = datamodule.describe()
    if ignore:
        facts["Left out"] = f"classes unknown to the network: {', '.join(sorted(ignore))}"
    if absent:
        facts["Not among the clips"] = (
            f"{', '.join(absent)}: in no average; predicting them is always a mistake"
        )
    return facts
