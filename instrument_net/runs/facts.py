"""What a report says about how a run came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omegaconf import DictConfig

from instrument_net.data import InstrumentDataModule


def facts_of_a_run(
    config: DictConfig,
    datamodule: InstrumentDataModule,
    overrides: Sequence[str],
    environment: Mapping[str, object],
    *,
    model: str,
    choice: str,
) -> dict[str, str]:
    """Return name -> text, in the order of the report.

    Args:
        config: ``conf/train.yaml`` with its stages.
        datamodule: Set up.
        overrides: The command line's own part of the configuration.
        environment: Of :func:`instrument_net.runs.environment.describe_environment`.
        model: What was trained.
        choice: Which of its states was tested, and what chose it.
    """
    extra = datamodule.describe_extra()
    return {
        "Command": f"`python -m instrument_net.train {' '.join(overrides)}`",
        "Model": model,
        "Data": datamodule.describe(),
        **({} if extra is None else {"Extra": extra}),
        "Split": datamodule.describe_split(),
        "Choice": choice,
        **facts_of_the_machine(config.seed, environment),
    }


def facts_of_the_machine(seed: int, environment: Mapping[str, object]) -> dict[str, str]:
    """Return what it takes to have the same figures again: seed, machine, code.

    Args:
        seed: Of the run or search.
        environment: Of :func:`instrument_net.runs.environment.describe_environment`.
    """
    return {
        "Seed": str(seed),
        "Machine": f"{environment['gpu'] or environment['cpu']}",
        "Code": f"commit {environment['git_commit']}"
        + (" with uncommitted changes" if environment["git_dirty"] else ""),
    }
