"""torch.compile, with the time that it takes and the number of steps after which it pays off."""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Callable

import lightning
import torch
from rich.console import Console

from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.models import members_of

_TIMED_STEPS = 3


class CompileNetwork(lightning.Callback):
    """Compile the network before the first step, and print after how many steps that pays off.

    Shapes are static: the last, smaller batch of an epoch is compiled separately. On a GPU, steps
    are replayed as CUDA graphs. On a CPU, a C++ compiler is needed. Parameters and their names
    stay: checkpoints are the same with and without compilation.
    """

    def on_fit_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Time a few steps of a random batch, compile, time them again."""
        datamodule = trainer.datamodule  # type: ignore[attr-defined]
        assert isinstance(pl_module, InstrumentClassifier)
        assert isinstance(datamodule, InstrumentDataModule)
        device = pl_module.device
        n_clips = -(-datamodule.batch_size // trainer.world_size)
        batch = [
            part.expand(n_clips, *part.shape[1:]).contiguous().to(device)
            for part in pl_module.example_inputs()
        ]

        def step() -> None:
            with trainer.precision_plugin.forward_context():
                pl_module.network(*batch).square().mean().backward()
            if device.type == "cuda":
                torch.cuda.synchronize(device)

        state = copy.deepcopy(pl_module.network.state_dict())  # of normalisation layers
        eager_s = _median_s(step)
        begin_s = time.perf_counter()
        mode = "reduce-overhead" if device.type == "cuda" else "default"
        for member in members_of(pl_module.network):  # which training calls one by one
            member.compile(dynamic=False, mode=mode)
        step()
        start_s = time.perf_counter() - begin_s
        compiled_s = _median_s(step)
        pl_module.zero_grad()
        pl_module.network.load_state_dict(state)
        Console().print(describe_gain(eager_s, compiled_s, start_s), highlight=False)


def describe_gain(eager_s: float, compiled_s: float, start_s: float) -> str:
    """Return one line: seconds of a step before and after, and when compiling has paid off.

    Args:
        eager_s: Seconds of a step without compiling.
        compiled_s: Seconds of a compiled step.
        start_s: Seconds of compiling.
    """
    gain_s = eager_s - compiled_s
    pays_off = (
        f"pays off after {math.ceil(start_s / gain_s):,} steps"
        if gain_s > 0
        else "never pays off here"
    )
    return (
        f"compiled in {start_s:.0f} s: a step takes {1e3 * compiled_s:.0f} ms instead of "
        f"{1e3 * eager_s:.0f} ms, which {pays_off}"
    )


def _median_s(step: Callable[[], None]) -> float:
    step()
    times = []
    for _ in range(_TIMED_STEPS):
        begin_s = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin_s)
    return statistics.median(times)
