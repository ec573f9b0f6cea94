"""Recognise the instruments in audio files.

python -m instrument_net.predict clip.wav recordings/
python -m instrument_net.predict outputs/quickstart/.../checkpoints/best.ckpt clip.wav recordings/
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
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
from instrument_net.files import described, printable
from instrument_net.invocation import command_name
from instrument_net.memory import keep_freed_pages
from instrument_net.recognition import network_options, result_options
from instrument_net.recognition.named_checkpoint import checkpoint_and_inputs
from instrument_net.recognition.places import check_folders, check_places
from instrument_net.recognition.prediction_run import Tally, classify, not_done, with_coverage
from instrument_net.recognition.screen_output import ScreenOutput
from instrument_net.recognition.timelines import check_timeline
from instrument_net.sorting.on_screen import (
    add_options,
    check_options,
    sort_answers,
    undo_on_screen,
    without_sorted,
)

if TYPE_CHECKING:
    from instrument_net.recognition.recogniser import Recogniser
    from instrument_net.recognition.result_files import ResultFiles


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=command_name("predict"),
        description="Recognise the instruments in audio files.",
        epilog="Exit status: 0, all files were classified; 2, wrong arguments or checkpoint; "
        f"{SOME_FILES_FAILED}, some files could not be read or sorted (each is named). A file in "
        "which nothing sounds is silent and has no class.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="FILE|FOLDER",
        help="audio files; of a folder, every audio file in it and below. A checkpoint may stand "
        f"before them: {network_options.CHECKPOINT_HELP}",
    )  # fmt: skip
    result_options.add_options(parser)
    network_options.add_options(parser)
    parser.add_argument(
        "--workers", type=int, default=0, metavar="N",
        help="decode files in N more processes while the network works (default: 0)",
    )  # fmt: skip
    add_options(parser)
    return parser


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    network_options.check_options(parser, parsed)
    result_options.check_options(parser, parsed)
    check_options(parser, parsed)
    try:
        parsed.checkpoint, parsed.inputs = checkpoint_and_inputs(parsed.paths)
    except InputError as error:
        parser.error(str(error))
    if not (parsed.undo or parsed.inputs):
        parser.error("name files or folders to classify")
    if parsed.workers < 0:
        parser.error("--workers must be at least 0")
    return parsed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    keep_freed_pages()
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        if options.undo:
            return 0 if undo_on_screen(options.undo, screen) else SOME_FILES_FAILED
        return 0 if _predict(options, screen) else SOME_FILES_FAILED
    except InputError as error:
        screen.print(error_line(error))
        return WRONG_INPUT_STATUS
    except KeyboardInterrupt:
        screen.print("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        screen.print("ended: nobody reads the results any more")
        return INTERRUPTED


def _predict(options: argparse.Namespace, screen: Console) -> bool:
    """Do all that is asked for, and return whether it could be done with every file.

    Raises:
        InputError: If there is nothing to classify, or a place, device or checkpoint cannot be
            used.
    """
    files = _found(options, screen)
    recogniser = _recogniser(options, screen)
    if options.sort_into and files:
        files = without_sorted(files, options.sort_into, recogniser.class_names, screen)
    tally = Tally(keeps_answers=options.sort_into is not None)
    with closing(result_options.result_files(options, recogniser)) as results:
        for entry in results.earlier():
            tally.add(entry.answer)
        try:
            n_drawn = _classify(files, recogniser, options, results, tally, screen)
        except BaseException:
            if left := results.left_behind():
                screen.print(for_screen(left))
            raise
        n_done = results.n_done
    for what, path in {"files": options.out, "each window": options.timeline}.items():
        if path:
            screen.print(for_screen(f"{what}: {printable(path)}"))
    if options.picture:
        place = printable(options.picture) if n_drawn else "none: no file is longer than a window"
        screen.print(for_screen(f"pictures: {place}"))
    all_done = tally.n_failed + tally.n_undrawn == 0
    if options.sort_into:
        all_done &= sort_answers(tally.answers, recogniser.class_names, options, screen)
    if tally.n_failed:
        screen.print(f"{tally.n_failed} of {n_done} files could not be read")
    return all_done


def _classify(
    files: list[Path],
    recogniser: Recogniser,
    options: argparse.Namespace,
    results: ResultFiles,
    tally: Tally,
    screen: Console,
) -> int:
    """Write all results as they are made, and return how many files were drawn."""
    from instrument_net.recognition.files import predict_files

    pictures = None
    if options.picture:
        from instrument_net.drawing.recordings import RecordingPictures

        drawn = (entry.answer.path for entry in results.earlier() if entry.drawn)
        pictures = RecordingPictures(recogniser.front_end, options.picture, drawn)
    if not results.is_complete:
        left = not_done(files, (entry.answer.path for entry in results.earlier()))
        printed = None
        if not options.out:
            is_all = not (options.timeline or options.picture or options.sort_into)
            printed = ScreenOutput(
                partial(result_options.listing, options, recogniser), is_all=is_all
            )
        predicted = predict_files(
            recogniser, left, windowing=options.window, batch_size=options.batch_size,
            workers=min(options.workers, len(left)),
        )  # fmt: skip
        with closing(predicted):
            classify(
                with_coverage(predicted, options.coverage),
                n_files=len(left), results=results, printed=printed, tally=tally, screen=screen,
                draw=pictures.draw if pictures else None,
            )  # fmt: skip
    return pictures.n_drawn if pictures else 0


def _found(options: argparse.Namespace, screen: Console) -> list[Path]:
    """Return the files of this process, once all places are checked.

    Raises:
        InputError: If there are none, or a place cannot be used.
    """
    found, n_of_all = options.shard.find_audio(options.inputs)
    for line in described(found.passed_over):
        screen.print(for_screen(line))
    check_places([options.out, options.timeline], spared=[options.checkpoint, *found.audio])
    result_options.check_endings(options)
    check_folders([options.picture, options.sort_into])
    if options.timeline:
        check_timeline(options.timeline, len(found.audio))
    if not n_of_all:
        names = ", ".join(map(printable, options.inputs))
        raise InputError(f"nothing to classify in {names}; name audio files, or a folder of them")
    files: list[Path] = found.audio
    return files


def _recogniser(options: argparse.Namespace, screen: Console) -> Recogniser:
    """Return the recogniser on its device, once it is known to give what is asked for.

    Raises:
        InputError: If the checkpoint, the device or the coverage cannot be used.
    """
    recogniser = network_options.open_recogniser(options, screen)
    if options.coverage is not None:
        recogniser.certainty_for(options.coverage)
    if recogniser.certainty is not None:
        scaled = "probabilities are scaled to how often names were right on unseen sources"
        screen.print(for_screen(f"{scaled}: {recogniser.certainty.origin}"))
    return recogniser


if __name__ == "__main__":
    sys.exit(main())
