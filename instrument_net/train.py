"""Train a network, test its best checkpoint once, and say where to look.

python -m instrument_net.train +experiment=baseline
python -m instrument_net.train +experiment=baseline data=folder data.path=recordings
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf
from rich.console import Console
from rich.markup import escape

from instrument_net.configuration import CONF_DIR, ConfigurationError, check_keys, nearest_key_hint
from instrument_net.memory import keep_freed_pages

if TYPE_CHECKING:
    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.data import InstrumentDataModule
    from instrument_net.evaluation import Metrics


def main() -> None:
    """Run the command; end with one clear line where the input is at fault."""
    keep_freed_pages()
    try:
        _command()
    except SystemExit as stop:
        hint = nearest_key_hint(stop.__context__)
        if hint:
            print(hint, file=sys.stderr)
        raise


@hydra.main(version_base="1.3", config_path=str(CONF_DIR), config_name="train")
def _command(config: DictConfig) -> float:
    from instrument_net.audio import AudioError
    from instrument_net.data import ManifestError, SplitError

    try:
        choices = HydraConfig.get().runtime.choices
        check_keys(config, choices, base="train")
        return train(config, overrides=list(HydraConfig.get().overrides.task))
    except (ConfigurationError, ManifestError, SplitError, AudioError) as error:
        console = Console(stderr=True)
        console.print(f"[red]error:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)


def train(config: DictConfig, *, overrides: list[str]) -> float:
    """Train and test what a composed configuration describes.

    Args:
        config: ``conf/train.yaml`` with its stages.
        overrides: The command line's own part of it, for the report.

    Returns:
        The best checkpoint's validation macro-F1: what a sweep may maximise.
    """
    # Here and not above: --help and a misspelled key need no torch.
    import lightning
    from hydra.utils import instantiate

    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.compilation import CompileNetwork
    from instrument_net.environment import describe_environment

    console = Console()
    run_dir = Path(config.run_dir)
    run_dir.mkdir(parents=True, exist_ok=True)
    environment = describe_environment()
    (run_dir / "environment.json").write_text(json.dumps(environment, indent=2) + "\n")
    lightning.seed_everything(config.seed, workers=True, verbose=False)
    quiet_lightning()

    front_end = instantiate(config.frontend)
    # Partial, because Hydra would turn a dataclass handed to it into a configuration.
    open_data = instantiate(config.data, _partial_=True)
    datamodule = open_data(front_end=front_end, split=instantiate(config.split))
    datamodule.setup()
    _write_tables(datamodule, run_dir, console)

    classifier = InstrumentClassifier(
        datamodule.class_names,
        network=OmegaConf.to_container(config.model, resolve=True),  # type: ignore[arg-type]
        front_end=front_end.settings,
        log_base="10" if config.log_base == 10 else config.log_base,  # YAML reads 10 as a number
        optimizer=instantiate(config.optimizer),
        scheduler=instantiate(config.scheduler),
    )
    console.print(
        f"{config.model.name}: {count_parameters(classifier):,} parameters, run folder {run_dir}",
        highlight=False,
        soft_wrap=True,
    )
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
    trainer.test(best, datamodule, verbose=False)

    metrics = _report(config, best, datamodule, run_dir, overrides, environment)
    logger.log_hyperparams(
        _hyper_parameters(config), {f"test/{k}": v for k, v in metrics.overall.items()}
    )
    logger.save()
    _summarise(console, metrics, run_dir, config.name)
    return float(checkpoint.best_model_score)


def _hyper_parameters(config: DictConfig) -> dict[str, Any]:
    """Return what a comparison of runs may turn on; class paths and folders only hide it."""
    values = {"seed": config.seed, "log_base": config.log_base}
    for stage in ("data", "split", "frontend", "model", "optimizer", "scheduler", "trainer"):
        settings = OmegaConf.to_container(config[stage], resolve=True)
        assert isinstance(settings, dict)
        for key, value in settings.items():
            if not str(key).startswith("_") and key not in ("folder", "store_dir"):
                values[f"{stage}.{key!s}"] = value
    return values


def count_parameters(classifier: InstrumentClassifier) -> int:
    """Return how many numbers are learnt."""
    return sum(parameter.numel() for parameter in classifier.network.parameters())


def _write_tables(datamodule: InstrumentDataModule, run_dir: Path, console: Console) -> None:
    datamodule.clips.to_csv(run_dir / "splits.csv")
    datamodule.rejected.to_csv(run_dir / "rejected.csv")
    for reason in datamodule.rejected["reason"]:
        line = f"[yellow]left out:[/yellow] {escape(reason)}"
        console.print(line, highlight=False, soft_wrap=True)
    sizes = datamodule.clips["split"].value_counts()
    console.print(
        f"{len(datamodule.clips)} clips of {len(datamodule.class_names)} classes: "
        f"{sizes['train']} train, {sizes['validation']} validation, {sizes['test']} test, "
        f"split by {' and '.join(datamodule.split.columns(datamodule.clips))}",
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
) -> Metrics:
    from instrument_net.evaluation import Predictions, write_report

    predictions = Predictions(
        clips=datamodule.clips_of("test"),
        probabilities=best.test_probabilities(),
        class_names=datamodule.class_names,
    )
    facts = {
        "Command": f"`python -m instrument_net.train {' '.join(overrides)}`",
        "Network": f"{config.model.name}, {count_parameters(best):,} parameters",
        "Data": datamodule.describe(),
        "Split": datamodule.describe_split(),
        "Checkpoint": "the best on validation macro-F1, tested once",
        "Seed": str(config.seed),
        "Machine": f"{environment['gpu'] or environment['cpu']}",
        "Code": f"commit {environment['git_commit']}"
        + (" with uncommitted changes" if environment["git_dirty"] else ""),
    }
    return write_report(
        run_dir / "report", predictions, title=f"Test of {config.name}", facts=facts
    )


def _summarise(console: Console, metrics: Metrics, run_dir: Path, name: str) -> None:
    from rich.table import Table

    table = Table(title=f"{name}: best checkpoint on the test split", title_justify="left")
    table.add_column("metric")
    table.add_column("value", justify="right")
    for metric, value in metrics.overall.items():
        table.add_row(metric, f"{value:.4f}" if isinstance(value, float) else str(value))
    console.print(table)
    worst = metrics.per_class.sort_values("f1").head(3)
    console.print(
        "weakest classes: " + ", ".join(f"{n} (F1 {f:.2f})" for n, f in worst["f1"].items())
    )
    shown = run_dir
    if shown.is_relative_to(Path.cwd()):
        shown = shown.relative_to(Path.cwd())
    console.print("\nLook at it next:", style="bold")
    for what, where in {
        "report": shown / "report" / "report.md",
        "curves, sounds, confusions": f"tensorboard --logdir {shown.parent}",
        "checkpoint": shown / "checkpoints" / "best.ckpt",
    }.items():
        console.print(f"  {what:28}{where}", highlight=False, soft_wrap=True)


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
