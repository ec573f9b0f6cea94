"""Loading waveforms: from the store, and by decoding each file again, on one core."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.contest import Contender, Work, compete
from benchmarks.epoch import write_clips
from benchmarks.results import benchmark_parser, publish

_BATCH_SIZE = 64


def build_store(*, folder: str) -> Work:
    """Return a pass over all clips through the store, in random order."""
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()  # as in every command
    import torch

    from instrument_net.data.corpora import FolderCorpus
    from instrument_net.data.store import WaveformStore

    torch.set_num_threads(1)
    clips = FolderCorpus(folder).read().clips
    store = WaveformStore(clips, f"{folder}-store", sample_rate_hz=44_100, num_samples=265_216)

    def work() -> int:
        for batch in torch.randperm(len(store)).split(_BATCH_SIZE):
            store.batch(batch.tolist())
        return len(store)

    return work


def build_decoding(*, folder: str) -> Work:
    """Return a pass over all clips that opens and decodes each file."""
    import torch

    from instrument_net.audio import load_waveform
    from instrument_net.data.corpora import FolderCorpus

    torch.set_num_threads(1)
    paths = list(FolderCorpus(folder).read().clips["path"])

    def work() -> int:
        for start in range(0, len(paths), _BATCH_SIZE):
            torch.stack([load_waveform(path) for path in paths[start : start + _BATCH_SIZE]])
        return len(paths)

    return work


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=7)
    parser.add_argument("--clips", type=int, default=512, help="clips of 2 s in the corpus")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_clips(Path(folder) / "clips", arguments.clips)
        options = {"folder": f"{folder}/clips"}
        table = compete(
            [
                Contender("from the store", build_store, options),
                Contender("decoded each time", build_decoding, options),
            ],
            repeats=arguments.repeats,
        )
    goal = "goal: at least 5,000 clips/s from the store, per core, from page cache."
    publish("loader", table, notes=[goal], results=arguments.results)


if __name__ == "__main__":
    main()
