"""The cost of a growing corpus: time and memory to list, decode, open, split and read it.

As a table with its store of decoded clips, and as a pack (``instrument_net.pack``).
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from benchmarks.contest import peak_memory_mib
from benchmarks.results import benchmark_parser, publish

_SAMPLES = 882  # 20 ms: the cost per clip, not per sample


def measure(n_clips: int, folder: str) -> dict[str, float]:
    """Return seconds and memory of every stage, for a corpus of ``n_clips`` short files.

    Call it in a fresh process: memory is counted after the imports.
    """
    import torch

    from instrument_net.data.corpora import ManifestCorpus
    from instrument_net.data.splits import Split
    from instrument_net.data.store import WaveformStore

    root = Path(folder)
    table = _write_corpus(root, n_clips)
    before_mib = _memory_mib()
    seconds = {}

    def timed(name: str, begin_s: float) -> None:
        seconds[name] = time.perf_counter() - begin_s

    begin_s = time.perf_counter()
    clips = ManifestCorpus(table).read().clips
    timed("read_table_s", begin_s)
    for name in ("build_store_s", "open_store_s"):
        begin_s = time.perf_counter()
        store = WaveformStore(clips, root / "store", sample_rate_hz=44_100, num_samples=_SAMPLES)
        timed(name, begin_s)
    begin_s = time.perf_counter()
    Split().assign(store.kept)
    timed("split_s", begin_s)
    begin_s = time.perf_counter()
    for batch in torch.randperm(len(store)).split(64):
        store.batch(batch.tolist())
    timed("walk_s", begin_s)
    return {
        **seconds,
        "memory_kib_per_clip": (_memory_mib() - before_mib) * 1024 / n_clips,
        "peak_mib": peak_memory_mib(),
    }


def write_pack(folder: str) -> dict[str, float]:
    """Pack the corpus that :func:`measure` wrote, and return how long that takes, in seconds."""
    from instrument_net.data.corpora import ManifestCorpus
    from instrument_net.data.splits import Split
    from instrument_net.pack.packing import Packing

    root = Path(folder)
    corpus = ManifestCorpus(root / "metadata.csv")
    begin_s = time.perf_counter()
    Packing(corpus, root / "pack", split=Split(), sample_rate_hz=44_100, num_samples=_SAMPLES).run()
    return {"pack_s": time.perf_counter() - begin_s}


def measure_pack(n_clips: int, folder: str) -> dict[str, float]:
    """Return seconds and memory of opening a pack and going once through its training clips.

    Call it in a fresh process: memory is counted after the imports. It grows by what the labels and
    the order of the clips take, and by the pages of the batch that is read.
    """
    from instrument_net.data.loader import ClipDataset
    from instrument_net.data.packed.block_order import BlockOrder
    from instrument_net.data.packed.clips import PackedClips
    from instrument_net.data.packed.index import PackIndex
    from instrument_net.data.packed.place import place_of
    from instrument_net.data.packed.waveforms import PackedWaveforms
    from instrument_net.data.resumable_batches import ResumableBatches

    place, cache = place_of(Path(folder) / "pack"), Path(folder) / "cache"
    before_mib = _memory_mib()
    begin_s = time.perf_counter()
    index = PackIndex.read(place)
    clips = PackedClips(place, index, cache)
    waveforms = PackedWaveforms(place, index, cache)
    places, labels = clips.positions("train"), clips.labels("train")
    dataset = ClipDataset(waveforms, places, labels)  # type: ignore[arg-type]
    order = BlockOrder(clips.blocks(), seed=0)
    opened_s = time.perf_counter()
    for batch in ResumableBatches(order, 64):  # type: ignore[arg-type]
        dataset.__getitems__(batch)
    grown_mib = _memory_mib() - before_mib
    return {
        "open_pack_s": opened_s - begin_s,
        "walk_pack_s": time.perf_counter() - opened_s,
        "pack_mib": grown_mib,
        "pack_kib_per_clip": grown_mib * 1024 / n_clips,
    }


def _apart(work: Callable[..., dict[str, float]], *arguments: object) -> dict[str, float]:
    """Call a function in a process of its own: what came before must not count as memory."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *arguments).result()


def _write_corpus(root: Path, n_clips: int) -> Path:
    import numpy as np
    import soundfile

    noise = 0.1 * np.random.default_rng(0).standard_normal((n_clips, _SAMPLES), dtype=np.float32)
    rows = []
    for index in range(n_clips):
        path = root / f"{index // 1000:03d}" / f"{index:06d}.wav"
        if index % 1000 == 0:
            path.parent.mkdir(parents=True)
        soundfile.write(path, noise[index], 44_100, subtype="PCM_16")
        rows.append((path.relative_to(root), f"class_{index % 10}", f"r{index // 10}"))
    table = root / "metadata.csv"
    pd.DataFrame(rows, columns=["path", "label", "recording_id"]).to_csv(table, index=False)
    return table


def _memory_mib() -> float:
    if os.name != "posix" or not Path("/proc/self/statm").exists():
        return float("nan")
    resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=1)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    arguments = parser.parse_args()
    rows = {}
    for n_clips in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows[f"{n_clips:,} clips"] = {
                **_apart(measure, n_clips, folder),
                **_apart(write_pack, folder),
                **_apart(measure_pack, n_clips, folder),
            }
    table = pd.DataFrame(rows).T.rename_axis("corpus")
    notes = ["Clips of 20 ms: the cost per clip, not per sample. One turn, not interleaved."]
    publish("scaling", table, notes=notes, results=arguments.results)


if __name__ == "__main__":
    main()
