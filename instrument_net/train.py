"""Train a network, test its best checkpoint once, and say where to look.

python -m instrument_net.train +experiment=baseline
python -m instrument_net.train +experiment=baseline data=folder data.path=recordings
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich.console import Console
from rich.markup import escape

from instrument_net.command import checked, run_command
from instrument_net.configuration import (
    CONF_DIR,
    ConfigurationError,
    existing_start,
    refused_values,
)
from instrument_net.files import write_atomically
from instrument_net.runs.assembly import build_augmentation, hyper_parameters, loss_options

if TYPE_CHECKING:
    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.data import InstrumentDataModule
    from instrument_net.evaluation import Report


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="train")
def _command(config: DictConfig) -> float | None:
    overrides = list(HydraConfig.get().overrides.task)
    return checked(lambda composed: train(composed, overrides=overrides), config)


def train(config: DictConfig, *, overrides: list[str]) -> float:
    """Train and test what a composed configuration describes.

    Args:
        config: ``conf/train.yaml`` with its stages.
        overrides: The command line's own part of it, for the report.

    Returns:
        The best checkpoint's ``monitor``, by default the macro-F1 of validation: what a sweep may
        maximise.
    """
    # Here and not above: --help and a misspelled key need no torch.
    import lightning
    from hydra.utils import instantiate

    from instrument_net.baselines import BASELINES
    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.monitoring import log_mistakes
    from instrument_net.monitoring.compile_network import CompileNetwork
    from instrument_net.runs.environment import describe_environment
    from instrument_net.runs.screen import print_figures, print_next, shown_path
    from instrument_net.runs.starting_weights import heard_before, start_from

    if config.init_from is not None and config.resume_from is not None:
        raise ConfigurationError(
            "init_from and resume_from are both set: a run that goes on has weights of its own; "
            "leave init_from out"
        )
    if config.init_from is not None and config.model.name not in BASELINES:
        existing_start(config.init_from)
    console = Console()
    run_dir = Path(config.run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    environment = describe_environment()
    content = json.dumps(environment, indent=2) + "\n"
    write_atomically(run_dir / "environment.json", content.encode())
    lightning.seed_everything(config.seed, workers=True, verbose=False)
    quiet_lightning()

    with refused_values("frontend"):
        front_end = instantiate(config.frontend)
    # Partial, because Hydra would turn a dataclass handed to it into a configuration.
    open_data = instantiate(config.data, _partial_=True)
    with refused_values("data"):
        datamodule = open_data(
            front_end=front_end,
            split=instantiate(config.split),
            augmentation=build_augmentation(config.augment),
        )
    datamodule.setup()
    _write_tables(datamodule, run_dir, console)
    if config.model.name in BASELINES:
        from instrument_net.runs.baseline import train_baseline

        return train_baseline(config, datamodule, overrides, environment)

    with refused_values("model or loss"):
        classifier = InstrumentClassifier(
            datamodule.class_names,
            network=OmegaConf.to_container(config.model, resolve=True),  # type: ignore[arg-type]
            front_end=front_end.settings,
            **loss_options(config.loss, datamodule),
            optimizer=instantiate(config.optimizer),
            scheduler=instantiate(config.scheduler),
        )
    console.print(
        f"{describe_network(classifier)}, run folder {run_dir}",
        highlight=False,
        soft_wrap=True,
    )
    start = None
    if config.init_from is not None:
        start = start_from(classifier, config.init_from)
        start += f"; {heard_before(config.init_from, list(datamodule.clips_of('test')['path']))}"
        console.print(f"starts from {escape(start)}", highlight=False, soft_wrap=True)
    with console.status("Measuring the training split's features"):
        classifier.fit_feature_scaling(*datamodule.feature_statistics())

    logger = instantiate(config.logger)
    callbacks = [instantiate(callback) for callback in config.callbacks.values()]
    if config.compile:
        callbacks.append(CompileNetwork())
    trainer = instantiate(
        config.trainer, default_root_dir=run_dir, logger=logger, callbacks=callbacks
    )
    trainer.fit(classifier, datamodule, ckpt_path=config.resume_from, weights_only=True)
    checkpoint = trainer.checkpoint_callback
    best = InstrumentClassifier.load_from_checkpoint(checkpoint.best_model_path)
    report = _report(config, best, datamodule, run_dir, overrides, environment, start)
    figures = {f"test/{name}": value for name, value in report.metrics.overall.items()}
    logger.log_hyperparams(hyper_parameters(config), figures)
    log_mistakes(logger.experiment, report.mistakes, best.front_end)
    logger.save()
    print_figures(console, report, f"{config.name}: best checkpoint on the test split")
    shown = shown_path(run_dir)
    print_next(
        console,
        {
            "report": shown / "report" / "report.md",
            "curves, sounds, confusions": f"tensorboard --logdir {shown.parent}",
            "checkpoint": shown / "checkpoints" / "best.ckpt",
            "name your own files": f"python -m instrument_net.predict "
            f"{shown / 'checkpoints' / 'best.ckpt'} FILE|FOLDER",
        },
    )
    return float(checkpoint.best_model_score)


def describe_network(classifier: InstrumentClassifier) -> str:
    """Return kind and number of the networks that are trained, and how many numbers they learn."""
    from instrument_net.models import members_of

    members = members_of(classifier.network)
    kind = type(members[0]).__name__
    n_parameters = sum(parameter.numel() for parameter in classifier.network.parameters())
    return f"{f'{len(members)} x ' * (len(members) > 1)}{kind}, {n_parameters:,} parameters"


def _write_tables(datamodule: InstrumentDataModule, run_dir: Path, console: Console) -> None:
    write_atomically(run_dir / "splits.csv", datamodule.clips.to_csv().encode())
    write_atomically(run_dir / "rejected.csv", datamodule.rejected.to_csv().encode())
    for reason in datamodule.rejected["reason"]:
        line = f"[yellow]left out:[/yellow] {escape(reason)}"
        console.print(line, highlight=False, soft_wrap=True)
    console.print(
        f"{len(datamodule.class_names)} classes, {datamodule.describe_split()}",
        highlight=False,
        soft_wrap=True,
    )


def _report(
    config: DictConfig,
    best: InstrumentClassifier,
    datamodule: InstrumentDataModule,
    run_dir: Path,
    overrides: list[str],
    environment: dict[str, object],
    start: str | None,
) -> Report:
    from instrument_net.evaluation import write_report
    from instrument_net.runs.facts import facts_of_a_run
    from instrument_net.runs.split_predictions import judge

    facts = facts_of_a_run(
        config,
        datamodule,
        overrides,
        environment,
        model=describe_network(best),
        choice=f"the best on {config.monitor}, tested once",
    )
    if start is not None:
        facts["Start"] = start
    facts["Augmentation"] = datamodule.describe_augmentation()
    return write_report(
        run_dir / "report",
        judge(best, datamodule, "test"),
        validation=judge(best, datamodule, "validation"),
        title=f"Test of {config.name}",
        facts=facts,
    )


def quiet_lightning() -> None:
    """Silence tips and notices about settings that are deliberate here."""
    import logging

    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    for message in (
        ".*does not have many workers.*",  # a batch is one copy out of a memory map
        ".*LeafSpec.*is deprecated.*",  # Lightning's own affair
    ):
        warnings.filterwarnings("ignore", message=message)


if __name__ == "__main__":
    main()
