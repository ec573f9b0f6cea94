"""The cost of the experiments' front ends and networks beside the baseline's, on one core."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.contest import Contender, Work, compete
from benchmarks.results import benchmark_parser, publish
from benchmarks.turns import front_end_turn, prediction_turn, training_turn

if TYPE_CHECKING:
    from instrument_net.frontend import FrontEnd
    from instrument_net.models import Network

N_CLASSES = 21
KINDS = ("front end", "training", "prediction")
EXPERIMENTS = ("baseline", "mel_cnn", "residual", "inverted_residual")


def build_network_of(experiment: str) -> tuple[FrontEnd, Network]:
    """Return front end and network of ``+experiment=...``."""
    from hydra import compose, initialize_config_dir
    from hydra.utils import instantiate

    from instrument_net.configuration import CONF_DIR
    from instrument_net.models import build_network

    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", overrides=[f"+experiment={experiment}"])
    front_end: FrontEnd = instantiate(config.frontend)
    network = build_network(
        **config.model,
        n_classes=N_CLASSES,
        n_features=len(front_end.feature_names),
        spectrogram_shape=front_end.spectrogram_shape,
    )
    return front_end, network


def gflop_per_clip(experiment: str) -> float:
    """Return the multiplications and additions of one clip's prediction, in 1e9."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    front_end, network = build_network_of(experiment)
    spectrogram = torch.empty(1, *front_end.spectrogram_shape, device="meta")
    features = torch.empty(1, len(front_end.feature_names), device="meta")
    with FlopCounterMode(display=False) as counter:
        network.eval().to("meta")(spectrogram, features)
    return float(counter.get_total_flops()) / 1e9


def build(*, experiment: str, kind: str, batch_size: int) -> Work:
    """Return a turn of an experiment's front end, training step or prediction."""
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    import torch

    torch.set_num_threads(1)
    front_end, network = build_network_of(experiment)
    waveforms = torch.randn(batch_size, front_end.num_samples)
    if kind == "front end":
        return front_end_turn(front_end, waveforms)
    batch = front_end(waveforms)
    if kind == "training":
        return training_turn(network.train(), *batch, n_classes=N_CLASSES)
    return prediction_turn(network.eval(), *batch)


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=7)
    parser.add_argument("--batch-size", type=int, default=16, help="clips per turn")
    parser.add_argument("--experiments", nargs="+", default=EXPERIMENTS)
    arguments = parser.parse_args()
    gflop = {experiment: gflop_per_clip(experiment) for experiment in arguments.experiments}
    tables = {}
    for kind in KINDS:
        contenders = [
            Contender(
                experiment,
                build,
                {"experiment": experiment, "kind": kind, "batch_size": arguments.batch_size},
            )
            for experiment in arguments.experiments
        ]
        tables[kind] = compete(contenders, repeats=arguments.repeats)
    table = pd.concat(tables, names=["", "contender"]).reset_index(level=0)
    counted = ", ".join(f"{name} {value:.2f}" for name, value in gflop.items())
    notes = [f"GFLOP of one clip's prediction, front end not counted: {counted}."]
    publish("networks", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
