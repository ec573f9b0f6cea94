"""Classifying many files: files per second by processes that decode, memory by number of files."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pandas as pd

from benchmarks.contest import peak_memory_mib
from benchmarks.results import benchmark_parser, publish

_WARM_UP = 64  # results: until then, processes start
_SHORT = 4_410  # samples, 0.1 s: the memory a file, not a sample


def write_files(folder: Path, n_files: int, n_samples: int) -> list[Path]:
    """Write noise, and return the files."""
    import numpy as np
    import soundfile

    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    paths = [folder / f"{k:07d}.wav" for k in range(n_files)]
    for path in paths:
        soundfile.write(path, 0.1 * rng.standard_normal(n_samples), 44_100, subtype="PCM_16")
    return paths


def rates(
    checkpoint: str, paths: Sequence[Path], workers: Sequence[int], repeats: int
) -> pd.DataFrame:
    """Return files per second by the number of workers, measured in turns."""
    from instrument_net.memory import keep_freed_pages

    keep_freed_pages()
    from instrument_net.recognition.files import predict_files
    from instrument_net.recognition.named_checkpoint import checkpoint_file
    from instrument_net.recognition.recogniser import Recogniser

    recogniser = Recogniser.from_checkpoint(checkpoint_file(checkpoint))
    found: dict[int, list[float]] = {n: [] for n in workers}
    for _ in range(repeats):
        for n in workers:
            results = predict_files(recogniser, paths, workers=n)
            n_first = min(_WARM_UP, len(paths) // 2)
            next(islice(results, n_first - 1, None))
            begun_s = time.perf_counter()
            n_files = sum(1 for _ in results)
            found[n].append(n_files / (time.perf_counter() - begun_s))
    first = found[workers[0]]
    rows = {
        f"{n} workers": {
            "files_per_s": statistics.median(each),
            "ratio": statistics.median(a / b for a, b in zip(each, first, strict=True)),
        }
        for n, each in found.items()
    }
    return pd.DataFrame(rows).T.rename_axis("decoding")


def memory(checkpoint: str, root: Path, sizes: Sequence[int]) -> pd.DataFrame:
    """Return the peak memory of `predict` by the number of files; of the process itself."""
    rows = {}
    for n_files in sizes:
        write_files(root / f"short_{n_files}", n_files, _SHORT)
        command = ["predict", checkpoint, root / f"short_{n_files}", "--out", root / "out.csv"]
        code = (
            "import sys; from instrument_net.predict import main; "
            "from benchmarks.contest import peak_memory_mib; "
            "status = main(sys.argv[1:]); print(peak_memory_mib()); sys.exit(status)"
        )
        begun_s = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, command[1:])],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - begun_s
        rows[f"{n_files:,} files"] = {"peak_mib": float(done.stdout), "seconds": seconds}
    return pd.DataFrame(rows).T.rename_axis("list")


def list_memory_mib(n_files: int) -> float:
    """Return the peak memory that a sorted list of paths adds to this process."""
    before = peak_memory_mib()
    paths = [Path(f"/library/folder_{k // 1000:05d}/recording_{k:07d}.wav") for k in range(n_files)]
    paths.sort()
    return peak_memory_mib() - before


def main() -> None:
    """Run the command."""
    parser = benchmark_parser(__doc__, repeats=5)
    parser.add_argument("--checkpoint", default="pretrained", help="a checkpoint")
    parser.add_argument("--files", type=int, default=512, help="files of 2 s for the rates")
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--listed", type=int, default=1_000_000, help="paths of a list")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        # First: Linux counts the peak of the process that starts another one as that one's, too.
        table = memory(arguments.checkpoint, root, arguments.sizes)
        of_list = list_memory_mib(arguments.listed)
        notes = [f"A list of {arguments.listed:,} paths takes {of_list:.0f} MiB by itself."]
        publish("predict_many", table, notes=notes, results=arguments.results)
        paths = write_files(root / "clips", arguments.files, 88_200)
        table = rates(arguments.checkpoint, paths, arguments.workers, arguments.repeats)
    load = f"Load of the machine at the end: {os.getloadavg()[0]:.1f}."
    publish("predict_many", table, notes=[load], results=arguments.results)


if __name__ == "__main__":
    main()
