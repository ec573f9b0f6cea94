"""Everything that can only be measured on a GPU, in one run of a few minutes.

Step times compared with the least time that memory and arithmetic allow, the front end, the copy of
waveforms to the device, and an epoch of the Trainer compared with its bare steps.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning
import pandas as pd
import torch
from torch import Tensor

from benchmarks.epoch import write_clips
from benchmarks.results import benchmark_parser, publish
from benchmarks.train_step import N_CLASSES, gflop_per_clip
from benchmarks.trainer import epoch_trainer
from instrument_net.classifier import InstrumentClassifier
from instrument_net.data import InstrumentDataModule
from instrument_net.frontend import FrontEnd
from instrument_net.learning.loss import cross_entropy
from instrument_net.learning.optimizer import spec_adam
from instrument_net.models import TwoBranchNet

# Activations that a step of one clip reads and writes in bf16, forward and backward: mostly the two
# full-size feature maps of the first group (9 MB each), about seven times.
_GIGABYTES_PER_CLIP = 8 / 64

Rows = dict[str, dict[str, float]]
"""What was measured -> its value and, for some, its ratio to something else."""


class Clock:
    """Time functions on a device, whose work is complete only after a synchronisation."""

    def __init__(self, device: torch.device, repeats: int) -> None:
        self.device = device
        self._repeats = repeats

    def median_s(self, work: Callable[[], Any]) -> float:
        """Return the median seconds of a call, after two untimed ones."""
        times = []
        for turn in range(self._repeats + 2):
            self.wait()
            begin_s = time.perf_counter()
            work()
            self.wait()
            if turn >= 2:
                times.append(time.perf_counter() - begin_s)
        return statistics.median(times)

    def wait(self) -> None:
        """Return when the device has finished all its work."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def measure_rates(clock: Clock, *, size: int) -> dict[str, float]:
    """Return GFLOP/s of a bfloat16 matrix product and GB/s of a copy within and to the device."""
    a, b = torch.rand(2, size, size, device=clock.device).bfloat16().unbind()
    block = torch.empty(size * size * 4, dtype=torch.uint8, device=clock.device)
    host = torch.empty_like(block, device="cpu", pin_memory=clock.device.type == "cuda")
    return {
        "matrix product, GFLOP/s": 2 * size**3 / 1e9 / clock.median_s(lambda: a @ b),
        # Each copied byte is read and written: two bytes moved.
        "copy on the device, GB/s": 2 * block.numel() / 1e9 / clock.median_s(block.clone),
        "copy to the device, GB/s": block.numel()
        / 1e9
        / clock.median_s(lambda: block.copy_(host, non_blocking=True)),
    }


def build_step(device: torch.device, batch_size: int, *, bf16: bool, compiled: bool) -> Any:
    """Return a training step on a resident batch."""
    torch.manual_seed(0)
    network = TwoBranchNet(N_CLASSES).to(device)
    if compiled:
        mode = "reduce-overhead" if device.type == "cuda" else "default"
        network.compile(dynamic=False, mode=mode)
    optimizer = spec_adam(network.parameters())
    spectrogram = torch.rand(batch_size, 1, 560, 256, device=device)
    features = torch.randn(batch_size, 20, device=device)
    label = torch.randint(N_CLASSES, (batch_size,), device=device)

    def step() -> Tensor:
        optimizer.zero_grad()
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bf16):
            logits = network(spectrogram, features)
        loss = cross_entropy(logits.float(), label)
        loss.backward()
        optimizer.step()
        return loss

    return step


class Stopwatch(lightning.Callback):
    """Time each epoch from its beginning to the end of its last step."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        """Note the time."""
        self._begin_s = time.perf_counter()

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Note the seconds since."""
        if pl_module.device.type == "cuda":
            torch.cuda.synchronize()
        self.seconds.append(time.perf_counter() - self._begin_s)


def epoch_s(folder: Path, *, batch_size: int, accelerator: str, epochs: int) -> float:
    """Return the seconds of a training epoch of the Trainer; the first one does not count."""
    datamodule = InstrumentDataModule.from_folder(
        folder, batch_size=batch_size, store_dir=folder.parent / "store"
    )
    datamodule.setup()
    stopwatch = Stopwatch()
    trainer = epoch_trainer(folder.parent / "run", accelerator=accelerator, max_epochs=epochs + 1)
    trainer.callbacks.insert(0, stopwatch)  # type: ignore[attr-defined]  # before the others
    trainer.fit(InstrumentClassifier(datamodule.class_names), datamodule)
    return statistics.median(stopwatch.seconds[1:])


def measure_floors(
    clock: Clock, rows: Rows, *, batch_size: int, matrix_size: int
) -> dict[str, float]:
    """Return the least seconds of a step that arithmetic and memory allow; add rows for them."""
    rates = measure_rates(clock, size=matrix_size)
    for name, rate in rates.items():
        rows[name] = {"value": rate}
    gflop = gflop_per_clip(training=True) * batch_size
    floors = {
        "arithmetic": gflop / rates["matrix product, GFLOP/s"],
        "memory": _GIGABYTES_PER_CLIP * batch_size / rates["copy on the device, GB/s"],
    }
    for name, seconds in floors.items():
        rows[f"floor by {name}, ms a step"] = {"value": 1e3 * seconds}
    return floors


def measure_front_end(clock: Clock, rows: Rows, *, batch_size: int) -> float:
    """Return the seconds of a batch through the front end; add a row for it."""
    front_end = FrontEnd().to(clock.device)
    size = (batch_size, front_end.num_samples)
    waveforms = torch.randint(-9999, 9999, size, device=clock.device).to(torch.int16)
    seconds = clock.median_s(lambda: front_end(waveforms))
    rows["front end, ms a batch"] = {"value": 1e3 * seconds}
    return seconds


def measure_steps(
    clock: Clock, rows: Rows, *, batch_size: int, floor_s: float, with_compiled: bool
) -> float:
    """Return the seconds of a bf16 training step; add rows for it and for its variants."""
    step_s = {}
    for name, options in {
        "float32": {"bf16": False, "compiled": False},
        "bf16": {"bf16": True, "compiled": False},
        "bf16, compiled": {"bf16": True, "compiled": True},
    }.items():
        if options["compiled"] and not with_compiled:
            continue
        step_s[name] = clock.median_s(build_step(clock.device, batch_size, **options))
        rows[f"step {name}, ms"] = {"value": 1e3 * step_s[name], "ratio": step_s[name] / floor_s}
    return step_s["bf16"]


def measure_epoch(
    clock: Clock, rows: Rows, *, batch_size: int, n_clips: int, step_s: float, front_end_s: float
) -> None:
    """Add rows for an epoch of the Trainer, beside its bare steps."""
    with tempfile.TemporaryDirectory() as folder:
        write_clips(Path(folder) / "clips", n_clips)
        seconds = epoch_s(
            Path(folder) / "clips",
            batch_size=batch_size,
            accelerator="gpu" if clock.device.type == "cuda" else "cpu",
            epochs=2,
        )
    train_clips = round(0.7 * n_clips)
    bare_s = step_s * train_clips / batch_size
    busy_s = bare_s + front_end_s * train_clips / batch_size
    rows["epoch through the Trainer, clips/s"] = {"value": train_clips / seconds}
    rows["epoch, s"] = {"value": seconds, "ratio": seconds / bare_s}
    rows["device busy, share of the epoch"] = {"value": min(busy_s / seconds, 1.0)}


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=20)
    parser.add_argument("--device", default="cuda", help="cpu only tests this script")
    parser.add_argument("--batch-size", type=int, default=64, help="clips per step")
    parser.add_argument("--clips", type=int, default=4096, help="clips of the corpus; 70 %% train")
    parser.add_argument(
        "--matrix-size", type=int, default=8192, help="size of the timed matrix product"
    )
    parser.add_argument("--no-compile", action="store_true", help="leave out torch.compile")
    arguments = parser.parse_args()
    device, batch_size = torch.device(arguments.device), arguments.batch_size
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error("no CUDA device here; --device cpu only tests this script")
    clock = Clock(device, arguments.repeats)
    rows: Rows = {}
    size = {"batch_size": batch_size}
    floors = measure_floors(clock, rows, **size, matrix_size=arguments.matrix_size)
    front_end_s = measure_front_end(clock, rows, **size)
    step_s = measure_steps(
        clock,
        rows,
        **size,
        floor_s=max(floors.values()),
        with_compiled=not arguments.no_compile,
    )
    measure_epoch(
        clock, rows, **size, n_clips=arguments.clips, step_s=step_s, front_end_s=front_end_s
    )

    name = (
        torch.cuda.get_device_name() if device.type == "cuda" else "CPU, only a test of this script"
    )
    notes = [
        f"Device: {name}; batch {batch_size}. Ratio of a step: to the higher floor; of an epoch: "
        "to its bare bf16 steps (goal: at most 1.2)."
    ]
    table = pd.DataFrame(rows).T.rename_axis("measured")
    publish("gpu", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
