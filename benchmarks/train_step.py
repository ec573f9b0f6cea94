"""One training step and one prediction: ours, plain PyTorch layers and Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.contest import Contender, Work, compete
from benchmarks.results import benchmark_parser, publish
from benchmarks.turns import prediction_turn, training_turn

if TYPE_CHECKING:
    from torch import Tensor, nn

N_CLASSES = 21
_MATRIX_SIZE = 2048


def build_ours(*, batch_size: int, training: bool, compiled: bool = False) -> Work:
    """Return a turn of our network as `train` runs it."""
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    from instrument_net.models import TwoBranchNet

    network = TwoBranchNet(N_CLASSES)
    if compiled:
        network.compile()
    return _torch_work(network, batch_size, training)


def build_plain_layers(*, batch_size: int, training: bool) -> Work:
    """Return a turn of the same network, written with plain layers."""
    import torch
    from torch import nn

    class PlainLayers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers: list[nn.Module] = []
            for channels in (1, 32, 32):
                layers += [nn.Conv2d(channels, 32, 3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU()]
                layers += [nn.MaxPool2d(3)]
            layers += [nn.Flatten(), nn.Linear(4032, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU()]
            self.spectrogram_branch = nn.Sequential(*layers)
            self.perceptron_branch = nn.Sequential(
                nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU()
            )
            self.output = nn.Linear(128, N_CLASSES)

        def forward(self, spectrogram: Tensor, features: Tensor) -> Tensor:
            branches = (self.spectrogram_branch(spectrogram), self.perceptron_branch(features))
            logits: Tensor = self.output(torch.cat(branches, dim=1))
            return logits

    return _torch_work(PlainLayers(), batch_size, training)


def _torch_work(network: nn.Module, batch_size: int, training: bool) -> Work:
    import torch

    batch = torch.rand(batch_size, 1, 560, 256), torch.randn(batch_size, 20)
    if training:
        return training_turn(network, *batch, n_classes=N_CLASSES)
    return prediction_turn(network, *batch)


def build_keras(*, batch_size: int, training: bool) -> Work:
    """Return a turn of the network in the engine that the spec's author used."""
    import os

    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np
    from keras import layers

    spectrogram = keras.Input((560, 256, 1))
    x = spectrogram
    for _ in range(3):
        x = layers.Conv2D(32, 3, activation="relu")(x)
        x = layers.Conv2D(32, 3, activation="relu")(x)
        x = layers.MaxPooling2D(3)(x)
    x = layers.Flatten()(x)
    features = keras.Input((20,))
    y = features
    for _ in range(2):
        x = layers.Dense(64, activation="relu")(x)
        y = layers.Dense(64, activation="relu")(y)
    output = layers.Dense(N_CLASSES, activation="softmax")(layers.Concatenate()([x, y]))
    model = keras.Model([spectrogram, features], output)
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")

    rng = np.random.default_rng(0)
    inputs = [
        rng.random((batch_size, 560, 256, 1), dtype=np.float32),
        rng.standard_normal((batch_size, 20), dtype=np.float32),
    ]
    labels = rng.integers(N_CLASSES, size=batch_size)

    def work() -> int:
        if training:
            model.train_on_batch(inputs, labels)
        else:
            model.predict_on_batch(inputs)
        return batch_size

    return work


def build_matrix_product(*, gflop_per_clip: float) -> Work:
    """Return a turn that takes as long as one clip's arithmetic at the matrix product's rate."""
    import torch

    a, b = torch.rand(2, _MATRIX_SIZE, _MATRIX_SIZE).unbind()
    clips = 2 * _MATRIX_SIZE**3 / 1e9 / gflop_per_clip

    def work() -> float:
        for _ in range(10):
            a @ b
        return 10 * clips

    return work


def gflop_per_clip(*, training: bool) -> float:
    """Return the multiplications and additions of one clip, in 1e9, as PyTorch counts them."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from instrument_net.models import TwoBranchNet

    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        logits = TwoBranchNet(N_CLASSES)(torch.rand(1, 1, 560, 256), torch.rand(1, 20))
        if training:
            logits.sum().backward()
    return float(counter.get_total_flops()) / 1e9


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=7)
    parser.add_argument("--batch-size", type=int, default=16, help="clips per turn")
    parser.add_argument("--compiled", action="store_true", help="torch.compile as well (minutes)")
    parser.add_argument("--only", choices=["training", "prediction"], help="half of the table")
    arguments = parser.parse_args()
    tables = {}
    for kind in [arguments.only] if arguments.only else ["training", "prediction"]:
        training = kind == "training"
        size = {"batch_size": arguments.batch_size, "training": training}
        gflop = gflop_per_clip(training=training)
        compiled = [Contender("ours, compiled", build_ours, {**size, "compiled": True})]
        contenders = [
            Contender("Keras on TensorFlow", build_keras, size),
            Contender("ours", build_ours, size),
            *(compiled if arguments.compiled else []),
            Contender("plain PyTorch layers", build_plain_layers, size),
            Contender(
                f"{gflop:.1f} GFLOP of matrix product",
                build_matrix_product,
                {"gflop_per_clip": gflop},
            ),
        ]
        tables[kind] = compete(contenders, repeats=arguments.repeats)
    table = pd.concat(tables, names=["", "contender"]).reset_index(level=0)
    goals = "goal: training no slower than Keras; at least 85 % of the matrix product's rate."
    publish("train_step", table, notes=[goals], results=arguments.results)


if __name__ == "__main__":
    main()
