"""Everything that can only be measured on a GPU, in one run of a few minutes.

Step times against the floors of memory and arithmetic, the front end, the way of the waveforms to
the device, and an epoch through the Trainer against its bare steps.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from benchmarks.epoch import write_clips
from benchmarks.results import benchmark_parser, publish
from benchmarks.train_step import N_CLASSES, gflop_per_clip
from instrument_net.frontend import FrontEnd
from instrument_net.learning.loss import cross_entropy
from instrument_net.learning.optimizer import spec_adam
from instrument_net.models import TwoBranchNet

# What a step of one clip moves of activations in bf16, forward and backward: chiefly the two
# full-size feature maps of the first group (9 MB each), passed about seven times.
_GIGABYTES_PER_CLIP = 8 / 64


class Clock:
    """Time functions on a device, whose work is done only after a synchronisation."""

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
        """Return when the device has done all that it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def measure_rates(clock: Clock, *, size: int) -> dict[str, float]:
    """Return GFLOP/s of a bfloat16 matrix product and GB/s of a copy within and to the device."""
    a, b = torch.rand(2, size, size, device=clock.device).bfloat16().unbind()
    block = torch.empty(size * size * 4, dtype=torch.uint8, device=clock.device)
    host = torch.empty_like(block, device="cpu", pin_memory=clock.device.type == "cuda")
    return {
        "matrix product, GFLOP/s": 2 * size**3 / 1e9 / clock.median_s(lambda: a @ b),
        # Read and written: two bytes moved for each copied.
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


def epoch_s(folder: Path, *, batch_size: int, trainer_name: str, epochs: int) -> float:
    """Return seconds of a training epoch through the Trainer, the first one not counted."""
    import lightning
    from hydra import compose, initialize_config_dir
    from hydra.utils import instantiate

    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.configuration import CONF_DIR
    from instrument_net.data import InstrumentDataModule
    from instrument_net.train import quiet_lightning

    class Stopwatch(lightning.Callback):
        """Note when each epoch begins and when its last step is done."""

        def __init__(self) -> None:
            self.seconds: list[float] = []

        def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
            self._begin_s = time.perf_counter()

        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            if pl_module.device.type == "cuda":
                torch.cuda.synchronize()
            self.seconds.append(time.perf_counter() - self._begin_s)

    quiet_lightning()
    datamodule = InstrumentDataModule.from_folder(
        folder, batch_size=batch_size, store_dir=folder.parent / "store"
    )
    datamodule.setup()
    stopwatch = Stopwatch()
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        overrides = [f"trainer={trainer_name}", f"run_dir={folder.parent}/run"]
        config = compose("train", overrides=overrides)
    names = ("learning_rate", "progress_bar", "throughput", "confusion_image")
    trainer = instantiate(
        config.trainer,
        max_epochs=epochs + 1,
        limit_val_batches=0,
        enable_checkpointing=False,
        logger=instantiate(config.logger),
        callbacks=[stopwatch, *(instantiate(config.callbacks[name]) for name in names)],
    )
    trainer.fit(InstrumentClassifier(datamodule.class_names), datamodule)
    return statistics.median(stopwatch.seconds[1:])


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=20)
    parser.add_argument("--device", default="cuda", help="cpu only tries the script out")
    parser.add_argument("--batch-size", type=int, default=64, help="clips a step")
    parser.add_argument("--clips", type=int, default=4096, help="clips of the epoch, 70 %% train")
    parser.add_argument("--matrix-size", type=int, default=8192, help="of the product timed")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
    arguments = parser.parse_args()
    device, batch_size = torch.device(arguments.device), arguments.batch_size
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error("no CUDA device here; --device cpu only tries the script out")
    clock = Clock(device, arguments.repeats)
    rows: dict[str, dict[str, float]] = {}

    rates = measure_rates(clock, size=arguments.matrix_size)
    for name, rate in rates.items():
        rows[name] = {"value": rate}
    gflop = gflop_per_clip(training=True) * batch_size
    floors = {
        "arithmetic": gflop / rates["matrix product, GFLOP/s"],
        "memory": _GIGABYTES_PER_CLIP * batch_size / rates["copy on the device, GB/s"],
    }
    for name, seconds in floors.items():
        rows[f"floor by {name}, ms a step"] = {"value": 1e3 * seconds}

    front_end = FrontEnd().to(device)
    waveforms = torch.randint(-9999, 9999, (batch_size, front_end.num_samples), device=device)
    waveforms = waveforms.to(torch.int16)
    front_end_s = clock.median_s(lambda: front_end(waveforms))
    rows["front end, ms a batch"] = {"value": 1e3 * front_end_s}

    step_s = {}
    for name, options in {
        "float32": {"bf16": False, "compiled": False},
        "bf16": {"bf16": True, "compiled": False},
        "bf16, compiled": {"bf16": True, "compiled": True},
    }.items():
        if options["compiled"] and arguments.no_compile:
            continue
        step_s[name] = clock.median_s(build_step(device, batch_size, **options))
        floor_s = max(floors.values())
        rows[f"step {name}, ms"] = {"value": 1e3 * step_s[name], "ratio": step_s[name] / floor_s}

    with tempfile.TemporaryDirectory() as folder:
        write_clips(Path(folder) / "clips", arguments.clips)
        trainer_name = "gpu" if device.type == "cuda" else "cpu"
        seconds = epoch_s(
            Path(folder) / "clips", batch_size=batch_size, trainer_name=trainer_name, epochs=2
        )
    train_clips = round(0.7 * arguments.clips)
    bare_s = step_s["bf16"] * train_clips / batch_size
    busy_s = bare_s + front_end_s * train_clips / batch_size
    rows["epoch through the Trainer, clips/s"] = {"value": train_clips / seconds}
    rows["epoch, s"] = {"value": seconds, "ratio": seconds / bare_s}
    rows["device busy, share of the epoch"] = {"value": min(busy_s / seconds, 1.0)}

    name = torch.cuda.get_device_name() if device.type == "cuda" else "CPU, a trial only"
    notes = [
        f"Device: {name}; batch {batch_size}. Ratio of a step: over its higher floor; of an epoch: "
        "over its bare bf16 steps (goal: at most 1.2)."
    ]
    table = pd.DataFrame(rows).T.rename_axis("measured")
    publish("gpu", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
