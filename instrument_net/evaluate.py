"""Judge a checkpoint: on the test split of its own run, or on any other corpus.

python -m instrument_net.evaluate checkpoint=outputs/quickstart/.../checkpoints/best.ckpt
python -m instrument_net.evaluate checkpoint=... data=folder data.path=my_recordings
python -m instrument_net.evaluate checkpoint=... explain=6
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich.console import Console
from rich.markup import escape

from instrument_net.command import checked, run_command
from instrument_net.configuration import CONF_DIR, ConfigurationError

if TYPE_CHECKING:
    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.data import InstrumentDataModule


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="evaluate")
def _command(config: DictConfig) -> None:
    overrides = list(HydraConfig.get().overrides.task)
    checked(lambda composed: evaluate(composed, overrides=overrides), config)


def evaluate(config: DictConfig, *, overrides: list[str]) -> None:
    """Write and print the report of a checkpoint.

    Args:
        config: ``conf/evaluate.yaml``.
        overrides: The command line's own part of it, for the report.

    Raises:
        ConfigurationError: If ``explain`` is no number of clips, or the run's own test split is
            unknown.
    """
    if type(config.explain) is not int or config.explain < 0:  # true would be a number, too
        raise ConfigurationError(
            f"explain={config.explain}: expected a whole number of clips, 0 for none"
        )
    # Here and not above: --help and a misspelled key need no torch.
    from hydra.utils import instantiate

    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.data import Everything
    from instrument_net.evaluation import write_report
    from instrument_net.monitoring import log_mistakes
    from instrument_net.recognition.recogniser import Recogniser
    from instrument_net.runs.screen import print_figures, print_next, shown_path
    from instrument_net.runs.split_predictions import judge, unknown_labels

    console = Console()
    Recogniser.from_checkpoint(config.checkpoint)  # for its errors, which name file and reason
    classifier = InstrumentClassifier.load_from_checkpoint(config.checkpoint)
    own = config.get("data") is None
    if own:
        run = _config_of_the_run(Path(config.checkpoint))
        data, split = run.data, instantiate(run.split)
    else:
        data, split = config.data, Everything()
    datamodule: InstrumentDataModule = instantiate(data, _partial_=True)(
        front_end=classifier.front_end,
        split=split,
        views=None,  # of training, which is not repeated
    )
    datamodule.setup()
    ignore = unknown_labels(classifier, datamodule.clips)
    facts = _facts(config, classifier, datamodule, overrides, ignore)
    if ignore:
        n_ignored = int(datamodule.clips["label"].isin(list(ignore)).sum())
        console.print(
            f"[yellow]left out:[/yellow] {n_ignored} clips of classes that the network does not "
            f"know: {escape(', '.join(sorted(ignore)))}",
            highlight=False,
            soft_wrap=True,
        )
    folder = Path(config.run_dir)
    predictions = judge(classifier, datamodule, "test", ignore=ignore)
    sections = {}
    if config.explain:
        from instrument_net.explanation.report_sections import (
            explain_test,  # captum, which nothing else needs
        )

        sections = explain_test(
            classifier, datamodule, predictions, folder / "report", n_clips=config.explain
        )
    report = write_report(
        folder / "report",
        predictions,
        validation=judge(classifier, datamodule, "validation", ignore=ignore) if own else None,
        title=f"{shown_path(Path(config.checkpoint).resolve())} on {facts['Clips']}",
        facts=facts,
        sections=sections,
    )
    logger = instantiate(config.logger)
    log_mistakes(logger.experiment, report.mistakes, classifier.front_end)
    logger.save()
    print_figures(console, report, facts["Clips"])
    shown = shown_path(folder)
    places: dict[str, str | Path] = {"report": shown / "report" / "report.md"}
    if sections:
        places["why: pictures of clips"] = shown / "report" / "explanations"
    places["mistakes to see and hear"] = f"tensorboard --logdir {shown}"
    print_next(console, places)


def _config_of_the_run(checkpoint: Path) -> DictConfig:
    path = checkpoint.resolve().parents[1] / ".hydra" / "config.yaml"
    if not path.is_file():
        raise ConfigurationError(
            f"{checkpoint}: no run folder around it ({path} is missing), so its test split is "
            "unknown; name a corpus: data=folder data.path=..."
        )
    config = OmegaConf.load(path)
    assert isinstance(config, DictConfig)
    missing = {"data", "split"} - set(config)
    if missing:
        raise ConfigurationError(
            f"{path}: not the configuration of a training run, for want of "
            f"{' and '.join(sorted(missing))}; name a corpus: data=folder data.path=..."
        )
    return config


def _facts(
    config: DictConfig,
    classifier: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    overrides: list[str],
    ignore: frozenset[str],
) -> dict[str, str]:
    own = config.get("data") is None
    unheard = sorted(set(classifier.class_names) - set(datamodule.clips_of("test")["label"]))
    facts = {
        "Command": f"`python -m instrument_net.evaluate {' '.join(overrides)}`",
        "Clips": "the run's own test split" if own else datamodule.describe(),
        "Split": datamodule.describe_split() if own else "every clip is tested",
    }
    if ignore:
        facts["Left out"] = f"classes unknown to the network: {', '.join(sorted(ignore))}"
    if unheard:
        facts["Not among the clips"] = (
            f"{', '.join(unheard)}: in no average; naming them is always a mistake"
        )
    return facts


if __name__ == "__main__":
    main()
