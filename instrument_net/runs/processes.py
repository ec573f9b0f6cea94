"""Which of the processes of a run this one is, told from its environment.

Lightning starts a process for each further device by running the command again; torchrun and srun
run it for all of them. The first process writes the run folder and the screen.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from hydra.utils import get_original_cwd
from omegaconf import DictConfig

from instrument_net.configuration import ConfigurationError
from instrument_net.runs.typed_paths import quoted_paths

MAIN_PID = "INSTRUMENT_NET_MAIN_PID"  # which the processes that Lightning starts inherit


def rank_of(trainer: object) -> int:
    """Return the number of this process, from 0; 0 where the run has one process.

    Args:
        trainer: ``conf/trainer``; anything else: of a command that trains nothing.
    """
    if not isinstance(trainer, DictConfig) or not trains_together(trainer):
        return 0
    if "RANK" in os.environ:
        return int(os.environ["RANK"])
    if "LOCAL_RANK" in os.environ or "NODE_RANK" in os.environ:
        local, node = (int(os.environ.get(name, 0)) for name in ("LOCAL_RANK", "NODE_RANK"))
        return local or node  # which number it is beyond 0 does not matter here
    return int(os.environ.get("SLURM_PROCID", 0))


def trains_together(trainer: DictConfig) -> bool:
    """Return whether several processes may train the network, by the configuration alone.

    Where it is one, srun may have started any number of runs that have nothing to do with each
    other.
    """
    return trainer.get("devices", 1) not in (1, "1") or trainer.get("num_nodes", 1) != 1


def check_processes(trainer: DictConfig) -> None:
    """Refuse several processes where a command trains several networks, or srun is missing.

    Raises:
        ConfigurationError: With what to do instead.
    """
    if "SLURMEnvironment" in str(trainer.get("plugins")) and "SLURM_NTASKS" not in os.environ:
        raise ConfigurationError(
            "trainer=slurm: srun starts these processes, and did not start this one; on a single "
            "machine: trainer=ddp trainer.devices=2"
        )
    if not trains_together(trainer) or not HydraConfig.initialized():
        return
    hydra = HydraConfig.get()
    if hydra.mode == RunMode.MULTIRUN or hydra.job.config_name != "train":
        raise ConfigurationError(
            f"trainer.devices={trainer.get('devices')}: several processes train one network; of "
            "many networks, each is trained by one process: trainer.devices=1 trainer.num_nodes=1"
        )


def is_started_by_lightning() -> bool:
    """Return whether another process of the same command has started this one."""
    return "LOCAL_RANK" in os.environ and os.environ.get(MAIN_PID, "") not in ("", str(os.getpid()))


def further_process(local_rank: int) -> tuple[list[str], str]:
    """Return the command and the working directory of a process that Lightning starts.

    Lightning itself would repeat the script that was typed, without the name of our command, which
    ``instrument-net train`` has taken off its arguments.

    Args:
        local_rank: Its number on this machine, which it finds in its environment.
    """
    del local_rank
    folder = HydraConfig.get().run.dir.replace("${", r"\${")
    own = [*quoted_paths([f"hydra.run.dir={folder}"]), "hydra.output_subdir=null"]
    return [sys.executable, "-m", "instrument_net.train", *sys.argv[1:], *own], get_original_cwd()


def keep_silent() -> None:
    """Leave the screen to the first process, errors apart."""
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 (until the process ends)
    warnings.simplefilter("ignore")
