"""Write a corpus as chunks of 16-bit clips, to train from without its table or audio in memory.

python -m instrument_net.pack data=manifest data.path=clips.csv to=packs/clips
python -m instrument_net.pack data=folder data.path=recordings to=s3://bucket/recordings workers=8
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from instrument_net.command import checked, hydra_command, run_command

if TYPE_CHECKING:
    from omegaconf import DictConfig


def main() -> None:
    """Run the command."""
    run_command(_command)


@hydra_command("pack")
def _command(config: DictConfig) -> None:
    checked(_pack, config)


def _pack(config: DictConfig, overrides: list[str]) -> None:
    del overrides
    from instrument_net.configuration import ConfigurationError
    from instrument_net.pack.packing import Packing
    from instrument_net.runs.assembly import build_front_end
    from instrument_net.runs.data_assembly import build_corpus, build_split

    if "_target_" not in config.data:
        raise ConfigurationError("data: which corpus? As data=manifest data.path=clips.csv")
    front_end = build_front_end(config)
    packing = Packing(
        build_corpus(config.data, "data"),
        config.to,
        split=build_split(config.split),
        sample_rate_hz=front_end.sample_rate_hz,
        num_samples=front_end.num_samples,
        workers=config.workers,
        chunk_clips=config.chunk_clips,
        on_error=config.data.on_error,
    )
    packing.run()


if __name__ == "__main__":
    main()
