"""Recognise the instruments in audio files.

python -m instrument_net.predict outputs/quickstart/.../checkpoints/best.ckpt clip.wav recordings/
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import for_screen
from instrument_net.files import described, find_audio, printable
from instrument_net.memory import keep_freed_pages
from instrument_net.recognition.listings import LISTINGS, timeline_csv
from instrument_net.recognition.places import check_places, print_result, write_result

if TYPE_CHECKING:
    import torch

    from instrument_net.recognition.file_prediction import FilePrediction

SOME_FILES_FAILED = 3
INTERRUPTED = 130  # by Ctrl-C, as a shell counts


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m instrument_net.predict",
        description="Recognise the instruments in audio files.",
        epilog="Exit status: 0, all files were classified; 2, wrong arguments or checkpoint; "
        f"{SOME_FILES_FAILED}, some files could not be read (each is named). A file in which "
        "nothing sounds is silent and has no class.",
    )
    parser.add_argument("checkpoint", type=Path, help="best.ckpt of a training run, or its folder")
    parser.add_argument(
        "inputs", nargs="+", type=Path, metavar="FILE|FOLDER",
        help="audio files; of a folder, every audio file in it and below",
    )  # fmt: skip
    parser.add_argument("--top", type=int, default=3, help="classes a file (default: 3)")
    parser.add_argument(
        "--format", choices=list(LISTINGS),
        help="default: that of the ending of --out (.csv, .json), else table",
    )  # fmt: skip
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
    if parsed.format is None:
        ending = "" if parsed.out is None else parsed.out.suffix.lower().removeprefix(".")
        parsed.format = ending if ending in LISTINGS else "table"
    return parsed


def choose_device(name: str) -> torch.device:
    """Return the device of this name; ``auto`` is a GPU where there is one, else the CPU.

    Raises:
        InputError: If there is no such device, as PyTorch words it.
    """
    import torch

    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # the latter: PyTorch was built without it
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(f"--device {name}: {reason}") from error
    return device


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    keep_freed_pages()
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        results = _classify(options, screen)
    except InputError as error:
        screen.print(f"[red]error:[/red] {for_screen(error)}")
        return WRONG_INPUT_STATUS
    except KeyboardInterrupt:
        screen.print("interrupted: nothing was written")
        return INTERRUPTED
    listing = LISTINGS[options.format]
    failed = [result for result in results if result.error is not None]
    wanted = {"files": options.out, "each window": options.timeline}
    try:
        if options.out:
            write_result(options.out, listing(results, options.top, None))
        if options.timeline:
            write_result(options.timeline, timeline_csv(results))
    except InputError as error:
        screen.print(f"[red]error:[/red] {for_screen(error)}; what was to be written:")
        print_result(listing(results, options.top, sys.stdout))
        return WRONG_INPUT_STATUS
    if not options.out:
        print_result(listing(results, options.top, sys.stdout))
    for what, path in wanted.items():
        if path:
            screen.print(for_screen(f"{what}: {printable(path)}"))
    if failed:
        screen.print(f"{len(failed)} of {len(results)} files could not be read")
        return SOME_FILES_FAILED
    return 0


def _classify(options: argparse.Namespace, screen: Console) -> list[FilePrediction]:
    """Return one result a file; what is wrong with a file is also printed.

    Raises:
        InputError: If there is nothing to classify, or a place, device or checkpoint cannot be
            used.
    """
    found = find_audio(options.inputs)
    for line in described(found.passed_over):
        screen.print(for_screen(line))
    check_places([options.out, options.timeline], spared=[options.checkpoint, *found.audio])
    if not found.audio:
        names = ", ".join(map(printable, options.inputs))
        raise InputError(f"nothing to classify in {names}; name audio files, or a folder of them")
    from instrument_net.progress import work_progress
    from instrument_net.recognition.files import predict_files
    from instrument_net.recognition.recogniser import Recogniser

    recogniser = Recogniser.from_checkpoint(options.checkpoint)
    recogniser.to(choose_device(options.device))
    results = []
    with work_progress("files", screen) as progress:
        bar = progress.add_task("Classifying", total=len(found.audio))
        for result in predict_files(
            recogniser, found.audio, windowing=options.window, batch_size=options.batch_size
        ):
            if result.error is not None:
                progress.console.print(f"[red]error:[/red] {for_screen(result.error)}")
            results.append(result)
            progress.advance(bar)
    return results


if __name__ == "__main__":
    sys.exit(main())
