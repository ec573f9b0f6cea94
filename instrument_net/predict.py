"""Name the instruments in audio files.

python -m instrument_net.predict outputs/quickstart/.../checkpoints/best.ckpt clip.wav recordings/
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from instrument_net.files import audio_files, write_atomically
from instrument_net.memory import keep_freed_pages

if TYPE_CHECKING:
    import torch

    from instrument_net.recognition.files import FilePrediction

SOME_FILES_FAILED = 3


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m instrument_net.predict",
        description="Name the instruments in audio files.",
        epilog="Exit status: 0, all files were classified; 2, wrong arguments or checkpoint; "
        f"{SOME_FILES_FAILED}, some files could not be read (each is named).",
    )
    parser.add_argument("checkpoint", type=Path, help="best.ckpt of a training run")
    parser.add_argument(
        "inputs", nargs="+", type=Path, metavar="FILE|FOLDER",
        help="audio files; of a folder, every audio file in it and below",
    )  # fmt: skip
    parser.add_argument("--top", type=int, default=3, help="classes a file (default: 3)")
    parser.add_argument("--format", choices=list(FORMATS), default="table", help="default: table")
    parser.add_argument(
        "--window", choices=["slide", "whole"], default="slide",
        help="slide (default): windows over the whole file, overlapping by half, their "
        "probabilities averaged; whole: the file's beginning as one clip, as in training",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="write the result to this file, not to the screen")
    parser.add_argument(
        "--timeline", type=Path, metavar="CSV", help="write each window's probabilities to this CSV"
    )
    parser.add_argument(
        "--batch-size", type=int, default=16, help="windows at a time (default: 16)"
    )
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda, cuda:1, mps")
    parsed = parser.parse_args(arguments)
    if parsed.top < 1 or parsed.batch_size < 1:
        parser.error("--top and --batch-size must be at least 1")
    return parsed


def choose_device(name: str) -> torch.device:
    """Return the device of this name; ``auto`` is a GPU where there is one, else the CPU.

    Raises:
        RuntimeError: If there is no such device, as PyTorch words it.
    """
    import torch

    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    return torch.device(name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    keep_freed_pages()
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    # Here and not above: --help needs no torch.
    from instrument_net.progress import work_progress
    from instrument_net.recognition.files import predict_files
    from instrument_net.recognition.recogniser import CheckpointError, Recogniser

    try:
        recogniser = Recogniser.from_checkpoint(options.checkpoint).to(
            choose_device(options.device)
        )
    except (CheckpointError, RuntimeError) as error:
        screen.print(f"[red]error:[/red] {escape(str(error))}")
        return 2
    paths = audio_files(options.inputs)
    results = []
    with work_progress("files", screen) as progress:
        bar = progress.add_task("Listening", total=len(paths))
        for result in predict_files(
            recogniser, paths, windowing=options.window, batch_size=options.batch_size
        ):
            if result.error is not None:
                progress.console.print(f"[red]error:[/red] {escape(result.error)}")
            results.append(result)
            progress.advance(bar)

    good = [result for result in results if result.error is None]
    text = FORMATS[options.format](good, options.top)
    if options.out:
        write_atomically(options.out, text.encode())
        screen.print(f"{len(good)} files classified: {options.out}")
    else:
        sys.stdout.write(text)
    if options.timeline:
        write_atomically(options.timeline, _timeline(good).encode())
        screen.print(f"each window: {options.timeline}")
    if len(good) < len(results):
        screen.print(f"{len(results) - len(good)} of {len(results)} files could not be read")
        return SOME_FILES_FAILED
    return 0


def _as_table(results: list[FilePrediction], top: int) -> str:
    from rich.table import Table

    if not results:
        return ""
    table = Table("file", *(f"{rank}." for rank in range(1, top + 1)))
    for result in results:
        cells = [f"{name} {value:.0%}" for name, value in result.ranking(top)]
        table.add_row(escape(str(result.path)), *cells)
    # Fixed width where nobody watches: a table cut to 80 columns loses names.
    watched = sys.stdout.isatty()
    out = io.StringIO()
    Console(file=out, width=None if watched else 200, force_terminal=watched).print(table)
    return out.getvalue()


def _as_csv(results: list[FilePrediction], top: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["path", "rank", "label", "probability"])
    for result in results:
        for rank, (name, value) in enumerate(result.ranking(top), start=1):
            writer.writerow([result.path, rank, name, f"{value:.6f}"])
    return out.getvalue()


def _as_json(results: list[FilePrediction], top: int) -> str:
    rows = [
        {
            "path": str(result.path),
            "predictions": [
                {"label": n, "probability": round(v, 6)} for n, v in result.ranking(top)
            ],
        }
        for result in results
    ]
    return json.dumps(rows, indent=2) + "\n"


def _timeline(results: list[FilePrediction]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = results[0].class_names if results else ()
    writer.writerow(["path", "start_s", "label", *(f"p({name})" for name in names)])
    for result in results:
        for start_s, window in zip(result.start_s, result.windows, strict=True):
            label = names[int(window.argmax())]
            writer.writerow([result.path, f"{start_s:.3f}", label, *(f"{p:.6f}" for p in window)])
    return out.getvalue()


FORMATS: dict[str, Callable[[list[FilePrediction], int], str]] = {
    "table": _as_table,
    "csv": _as_csv,
    "json": _as_json,
}

if __name__ == "__main__":
    sys.exit(main())
