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

from instrument_net.errors import (
    INTERRUPTED,
    SOME_FILES_FAILED,
    WRONG_INPUT_STATUS,
    InputError,
)
from instrument_net.escaping import error_line, for_screen
from instrument_net.files import described, find_audio, printable
from instrument_net.invocation import command_name
from instrument_net.memory import keep_freed_pages
from instrument_net.progress import work_progress
from instrument_net.recognition.listings import LISTINGS
from instrument_net.recognition.places import (
    check_folders,
    check_places,
    print_result,
    write_result,
)
from instrument_net.recognition.timelines import check_timeline, timeline
from instrument_net.sorting.on_screen import (
    add_options,
    check_options,
    sort_results,
    undo_on_screen,
    without_sorted,
)

if TYPE_CHECKING:
    from instrument_net.recognition.file_prediction import FilePrediction
    from instrument_net.recognition.recogniser import Recogniser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=command_name("predict"),
        description="Recognise the instruments in audio files.",
        epilog="Exit status: 0, all files were classified; 2, wrong arguments or checkpoint; "
        f"{SOME_FILES_FAILED}, some files could not be read or sorted (each is named). A file in "
        "which nothing sounds is silent and has no class.",
    )
    parser.add_argument(
        "checkpoint", nargs="?", type=Path, help="best.ckpt of a training run, or its folder"
    )
    parser.add_argument(
        "inputs", nargs="*", type=Path, metavar="FILE|FOLDER",
        help="audio files; of a folder, every audio file in it and below",
    )  # fmt: skip
    parser.add_argument("--top", type=int, default=3, help="classes a file (default: 3)")
    parser.add_argument(
        "--coverage", type=float, metavar="SHARE",
        help="also name a set of classes a file, which holds the right one for this share of the "
        "files of unseen sources: 0.8, 0.9 or 0.95; the checkpoint must have been calibrated",
    )  # fmt: skip
    parser.add_argument(
        "--format", choices=list(LISTINGS),
        help="default: that of the ending of --out (.csv, .json), else table",
    )  # fmt: skip
    parser.add_argument(
        "--window", choices=["slide", "whole"], default="slide",
        help="slide (default): windows over the whole file, overlapping by half, averaged by "
        "level and certainty; whole: the file's beginning as one clip, as in training",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="write the result to this file, not to the screen")
    parser.add_argument(
        "--timeline", type=Path, metavar="FILE",
        help="write each window's probabilities to this CSV; to a .txt, what plays from when to "
        "when, as labels for Audacity or Sonic Visualiser",
    )  # fmt: skip
    parser.add_argument(
        "--picture", type=Path, metavar="FOLDER",
        help="draw the spectrogram of each file that is longer than a window, and what plays when",
    )  # fmt: skip
    parser.add_argument(
        "--batch-size", type=int, default=16, help="windows at a time (default: 16)"
    )
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda, cuda:1, mps")
    add_options(parser)
    return parser


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    check_options(parser, parsed)
    if not (parsed.undo or parsed.inputs):
        parser.error("name a checkpoint, and files or folders to classify")
    if parsed.top < 1 or parsed.batch_size < 1:
        parser.error("--top and --batch-size must be at least 1")
    if parsed.format is None:
        ending = "" if parsed.out is None else parsed.out.suffix.lower().removeprefix(".")
        parsed.format = ending if ending in LISTINGS else "table"
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    keep_freed_pages()
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        if options.undo:
            return 0 if undo_on_screen(options.undo, screen) else SOME_FILES_FAILED
        recogniser, results = _classify(options, screen)
    except InputError as error:
        screen.print(error_line(error))
        return WRONG_INPUT_STATUS
    except KeyboardInterrupt:
        screen.print("interrupted: nothing was written")
        return INTERRUPTED
    listing = LISTINGS[options.format]
    try:
        if options.out:
            write_result(options.out, listing(results, options.top, None))
        if options.timeline:
            write_result(options.timeline, timeline(results, options.timeline))
    except InputError as error:
        screen.print(f"{error_line(error)}; what was to be written:")
        print_result(listing(results, options.top, sys.stdout))
        return WRONG_INPUT_STATUS
    if not options.out:
        print_result(listing(results, options.top, sys.stdout))
    for what, path in {"files": options.out, "each window": options.timeline}.items():
        if path:
            screen.print(for_screen(f"{what}: {printable(path)}"))
    try:
        all_done = _use(results, recogniser, options, screen)
    except InputError as error:
        screen.print(error_line(error))
        return WRONG_INPUT_STATUS
    except KeyboardInterrupt:
        screen.print("interrupted")
        return INTERRUPTED
    if n_failed := sum(result.error is not None for result in results):
        screen.print(f"{n_failed} of {len(results)} files could not be read")
    return SOME_FILES_FAILED if n_failed or not all_done else 0


def _classify(
    options: argparse.Namespace, screen: Console
) -> tuple[Recogniser, list[FilePrediction]]:
    """Return one result a file; what is wrong with a file is also printed.

    Raises:
        InputError: If there is nothing to classify, or a place, device or checkpoint cannot be
            used.
    """
    found = find_audio(options.inputs)
    for line in described(found.passed_over):
        screen.print(for_screen(line))
    check_places([options.out, options.timeline], spared=[options.checkpoint, *found.audio])
    check_folders([options.picture, options.sort_into])
    if options.timeline:
        check_timeline(options.timeline, len(found.audio))
    if not found.audio:
        names = ", ".join(map(printable, options.inputs))
        raise InputError(f"nothing to classify in {names}; name audio files, or a folder of them")
    from instrument_net.recognition.device import choose_device
    from instrument_net.recognition.files import predict_files
    from instrument_net.recognition.recogniser import Recogniser

    recogniser = Recogniser.from_checkpoint(options.checkpoint)
    recogniser.to(choose_device(options.device))
    if options.coverage is not None:
        recogniser.certainty_for(options.coverage)
    if recogniser.certainty is not None:
        screen.print(for_screen(f"scaled for unseen sources: {recogniser.certainty.origin}"))
    files = found.audio
    if options.sort_into:
        files = without_sorted(files, options.sort_into, recogniser.class_names, screen)
    results = []
    with work_progress("files", screen) as progress:
        bar = progress.add_task("Classifying", total=len(files))
        for result in predict_files(
            recogniser, files, windowing=options.window, batch_size=options.batch_size
        ):
            if result.error is not None:
                progress.console.print(error_line(result.error))
            result.coverage = options.coverage
            results.append(result)
            progress.advance(bar)
    return recogniser, results


def _use(
    results: Sequence[FilePrediction],
    recogniser: Recogniser,
    options: argparse.Namespace,
    screen: Console,
) -> bool:
    """Draw and sort the files, as far as asked for; return whether all could be.

    Raises:
        InputError: If it cannot be done.
    """
    all_done = True
    if options.picture:
        from instrument_net.drawing.recordings import draw_recordings, long_files

        drawn = long_files(results)
        with work_progress("pictures", screen) as progress:
            bar = progress.add_task("Drawing", total=len(drawn))
            for error in draw_recordings(drawn, recogniser.front_end, options.picture):
                if error is not None:
                    all_done = False
                    progress.console.print(error_line(error))
                progress.advance(bar)
        place = printable(options.picture) if drawn else "none: no file is longer than a window"
        screen.print(for_screen(f"pictures: {place}"))
    if options.sort_into:
        all_done &= sort_results(results, options, screen)
    return all_done


if __name__ == "__main__":
    sys.exit(main())
