"""Sorting as the command line asks for it: its options, and what is said about it."""

from __future__ import annotations

import argparse
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from instrument_net.errors import InputError
from instrument_net.escaping import error_line, for_screen
from instrument_net.files import printable
from instrument_net.invocation import command_name
from instrument_net.progress import work_progress
from instrument_net.recognition.answer import Answer
from instrument_net.sorting.plan import Plan, is_sorted, plan_sorting
from instrument_net.sorting.record import read_record
from instrument_net.sorting.sort import planned, sort_files
from instrument_net.sorting.steps import STEPS
from instrument_net.sorting.undo import undo_sorting


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of sorting to those of a command."""
    group = parser.add_argument_group("sorting files into folders named after their classes")
    group.add_argument(
        "--sort-into", type=Path, metavar="DIR",
        help="sort the files into folders below DIR; a name that is taken gets a number",
    )  # fmt: skip
    group.add_argument("--by", choices=list(STEPS), default="copy", help="default: copy")
    group.add_argument(
        "--threshold", type=float, default=0.0, metavar="P",
        help="files whose most probable class is below P go to the folder unsure (default: 0)",
    )  # fmt: skip
    group.add_argument("--dry-run", action="store_true", help="say what would be sorted, and stop")
    group.add_argument(
        "--undo", type=Path, metavar="FILE",
        help="undo a sorting: FILE is its undo file in DIR; needs no other argument",
    )  # fmt: skip


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End the command where options do not fit together."""
    if not 0 <= options.threshold <= 1:
        parser.error("--threshold must lie in 0 ... 1")
    if options.sort_into is None and (options.dry_run or options.threshold or options.by != "copy"):
        parser.error("--by, --threshold and --dry-run need --sort-into")


def without_sorted(
    files: Sequence[Path], target: Path, class_names: Sequence[str], screen: Console
) -> list[Path]:
    """Return the files that do not lie in a folder of an earlier sorting.

    Raises:
        InputError: If none are left.
    """
    left = [file for file in files if not is_sorted(file, target, class_names)]
    if not left:
        raise InputError(f"nothing to sort: all files lie in folders of {printable(target)}")
    if len(left) < len(files):
        n = len(files) - len(left)
        screen.print(for_screen(f"{n} passed over, sorted before: in {printable(target)}"))
    return left


def sort_answers(
    answers: Sequence[Answer],
    class_names: Sequence[str],
    options: argparse.Namespace,
    screen: Console,
) -> bool:
    """Sort classified files as the options say, and return whether all of them are sorted.

    Raises:
        InputError: If it cannot be done; what was sorted until then can be undone.
    """
    plan = plan_sorting(
        answers,
        class_names,
        threshold=options.threshold,
        inputs=options.inputs,
        by=options.by,
    )
    if options.dry_run:
        for source, place in planned(plan.placings, options.sort_into):
            line = f"would {options.by} {printable(source)} -> {printable(place)}"
            screen.print(for_screen(line))
        errors = []
    else:
        errors = _sort(plan, options, screen)
    for path, reason in plan.left:
        screen.print(for_screen(f"{printable(path)}: left where it is: {reason}"))
    return not (errors or plan.left)


def _sort(plan: Plan, options: argparse.Namespace, screen: Console) -> list[str]:
    """Sort, say what was done and how it is undone, and return what went wrong."""
    errors: list[str] = []
    counts: Counter[str] = Counter()

    def say_how_to_undo(undo_file: Path) -> None:
        name = shlex.quote(printable(undo_file))
        screen.print(for_screen(f"undo it: {command_name('predict')} --undo {name}"))

    sorting = sort_files(plan.placings, options.sort_into, by=options.by, at_begin=say_how_to_undo)
    try:
        with work_progress("files", screen) as progress:
            for placed in progress.track(sorting, len(plan.placings), description="Sorting"):
                if placed.target is not None:
                    counts[placed.target.parent.name] += 1
                elif placed.error is not None:
                    errors.append(placed.error)
                    progress.console.print(error_line(placed.error))
    finally:  # also of what was interrupted
        shares = ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "no file"
        screen.print(for_screen(f"sorted into {printable(options.sort_into)}: {shares}"))
    return errors


def undo_on_screen(undo_file: Path, screen: Console) -> bool:
    """Undo a sorting, and return whether all of it is undone.

    Raises:
        InputError: If the file is no undo file.
    """
    n_left = 0
    with work_progress("steps", screen) as progress:
        bar = progress.add_task("Undoing", total=len(read_record(undo_file)))
        for reason in undo_sorting(undo_file):
            if reason is not None:
                n_left += 1
                progress.console.print(for_screen(reason))
            progress.advance(bar)
    rest = f"; {n_left} steps are not, and {printable(undo_file)} is kept" if n_left else ""
    screen.print(for_screen(f"undone{rest}"))
    return not n_left
