"""Augmentations: the cost of each per clip on one core, beside that of the front end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.contest import Contender, Work, compete
from benchmarks.results import benchmark_parser, publish
from benchmarks.turns import front_end_turn

_N_CLASSES = 20


def build_front_end(*, batch_size: int) -> Work:
    """Return a turn through the front end."""
    _torch_on_one_core()
    from instrument_net.frontend import FrontEnd

    return front_end_turn(FrontEnd(), _waveforms(batch_size))


def build_augmentation(*, batch_size: int, name: str | None) -> Work:
    """Return a turn through one augmentation of ``strong``, on every clip.

    Args:
        batch_size: Clips per turn.
        name: In ``conf/augment``; ``None``: all of them, with their own probabilities.
    """
    torch = _torch_on_one_core()
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    from instrument_net.configuration import CONF_DIR
    from instrument_net.runs import assembly

    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        config = compose("train", overrides=["augment=strong"]).augment
    for other in config if name else ():
        OmegaConf.update(config, f"{other}.probability", float(other == name))
    chain = assembly.build_augmentation(config)
    waveforms = _waveforms(batch_size)
    labels = torch.eye(_N_CLASSES)[torch.arange(batch_size) % _N_CLASSES]
    spectrograms = torch.rand(batch_size, 1, 560, 256)

    def work() -> int:
        chain.augment_waveforms(waveforms, labels)
        chain.augment_spectrograms(spectrograms)
        return batch_size

    return work


def _torch_on_one_core() -> Any:
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return torch


def _waveforms(batch_size: int) -> Any:
    """Return noise of 3 s in clips of 6 s, float32."""
    import torch

    waveforms = torch.zeros(batch_size, 265_216)
    waveforms[:, : 3 * 44_100].normal_(0, 0.1)
    return waveforms


def main() -> None:
    """Run the command."""
    from omegaconf import OmegaConf

    from instrument_net.configuration import CONF_DIR

    names = [str(name) for name in OmegaConf.load(CONF_DIR / "augment" / "light.yaml")]
    parser = benchmark_parser(__doc__, repeats=7)
    parser.add_argument("--batch-size", type=int, default=32, help="clips per turn")
    parser.add_argument("--only", nargs="+", default=names, choices=names, help="only these")
    arguments = parser.parse_args()
    size = {"batch_size": arguments.batch_size}
    contenders: list[tuple[str, Callable[..., Work], dict[str, Any]]] = [
        ("front end", build_front_end, size),
        *((name, build_augmentation, {**size, "name": name}) for name in arguments.only),
        ("all of strong", build_augmentation, {**size, "name": None}),
    ]
    table = compete([Contender(*contender) for contender in contenders], repeats=arguments.repeats)
    notes = [
        "Each applied to every clip with the settings of augment=strong; all of strong with their "
        "own probabilities.",
        "goal: each takes at most a few milliseconds per clip.",
    ]
    publish("augmentation", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
