"""An epoch of training: what loader, front end, Lightning, metrics and logging add to its steps."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contender, Work, compete
from benchmarks.results import benchmark_parser, publish
from benchmarks.trainer import epoch_trainer
from benchmarks.turns import train_step

if TYPE_CHECKING:
    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.data import InstrumentDataModule


def _open(folder: str, batch_size: int) -> tuple[InstrumentClassifier, InstrumentDataModule]:
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    from instrument_net.classifier import InstrumentClassifier
    from instrument_net.data import InstrumentDataModule

    datamodule = InstrumentDataModule.from_folder(
        folder, batch_size=batch_size, store_dir=f"{folder}-store"
    )
    datamodule.setup()
    return InstrumentClassifier(datamodule.class_names).train(), datamodule


def build_resident_batch(**options: Any) -> Work:
    """Return an epoch's steps, all on the same batch, which is loaded at the start."""
    from instrument_net.learning.optimizer import spec_adam

    classifier, datamodule = _open(**options)
    loader = datamodule.train_dataloader()
    spectrogram, features, label = next(iter(loader))
    optimizer = spec_adam(classifier.parameters())

    def work() -> int:
        for _ in range(len(loader)):
            train_step(classifier, optimizer, spectrogram, features, label)
        return len(loader) * len(label)

    return work


def build_loader_and_front_end(**options: Any) -> Work:
    """Return an epoch's batches without the steps."""
    _, datamodule = _open(**options)
    return lambda: sum(len(label) for _, _, label in datamodule.train_dataloader())


def build_plain_loop(**options: Any) -> Work:
    """Return an epoch without Lightning: batches and steps."""
    from instrument_net.learning.optimizer import spec_adam

    classifier, datamodule = _open(**options)
    optimizer = spec_adam(classifier.parameters())

    def work() -> int:
        clips = 0
        for spectrogram, features, label in datamodule.train_dataloader():
            train_step(classifier, optimizer, spectrogram, features, label)
            clips += len(label)
        return clips

    return work


def build_trainer(**options: Any) -> Work:
    """Return an epoch of the Trainer, see :func:`~benchmarks.trainer.epoch_trainer`."""
    classifier, datamodule = _open(**options)
    folder = Path(tempfile.mkdtemp())
    trainer = epoch_trainer(folder, accelerator="cpu", max_epochs=0)

    def work() -> int:
        assert trainer.max_epochs is not None
        trainer.fit_loop.max_epochs = trainer.max_epochs + 1
        trainer.fit(classifier, datamodule)
        return len(datamodule.clips_of("train"))

    return work


def write_clips(folder: Path, n_clips: int) -> None:
    """Write a small corpus of two classes of noise, 2 s per clip."""
    import numpy as np
    import soundfile

    rng = np.random.default_rng(0)
    for index in range(n_clips):
        path = folder / ("loud" if index % 2 else "soft") / f"{index:05d}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * rng.standard_normal(88_200), 44_100, subtype="PCM_16")


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=5)
    parser.add_argument("--batch-size", type=int, default=16, help="clips per step")
    parser.add_argument("--clips", type=int, default=138, help="clips in total; 70 %% train")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_clips(Path(folder) / "clips", arguments.clips)
        options = {"folder": f"{folder}/clips", "batch_size": arguments.batch_size}
        table = compete(
            [
                Contender("steps on a resident batch", build_resident_batch, options),
                Contender("loader and front end alone", build_loader_and_front_end, options),
                Contender("plain loop: loader, front end, steps", build_plain_loop, options),
                Contender("Trainer, metrics, logging, callbacks", build_trainer, options),
            ],
            repeats=arguments.repeats,
        )
    own = table["ratio"].get("Trainer, metrics, logging, callbacks", float("nan"))
    loop = table["ratio"].get("plain loop: loader, front end, steps", float("nan"))
    notes = [
        f"The Trainer adds {100 * (own / loop - 1):.1f} % to the plain loop (goal: at most 5 %); "
        f"a whole epoch takes {100 * (own - 1):.1f} % longer than its bare steps (goals: at most "
        "5 % on a CPU, 20 % on a GPU)."
    ]
    publish("epoch", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
