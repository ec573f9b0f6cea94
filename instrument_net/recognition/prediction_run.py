"""Files -> results, each written as it is made; of a file that is done, a line is kept at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from instrument_net.escaping import error_line
from instrument_net.progress import LoggedPace, work_progress
from instrument_net.recognition.answer import Answer
from instrument_net.recognition.file_prediction import FilePrediction
from instrument_net.recognition.result_files import ResultFiles
from instrument_net.recognition.screen_output import ScreenOutput


@dataclass
class Tally:
    """What is kept of all files.

    Attributes:
        keeps_answers: Whether a line of each is, about 0.2 kB in memory.
        n_failed: How many could not be read.
        n_undrawn: How many could not be drawn.
        answers: The lines, in order.
    """

    keeps_answers: bool
    n_failed: int = 0
    n_undrawn: int = 0
    answers: list[Answer] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        """Count a file."""
        self.n_failed += answer.label is None
        if self.keeps_answers:
            self.answers.append(answer)


def not_done(files: Sequence[Path], done: Iterable[Path]) -> list[Path]:
    """Return the files that are left, in their order.

    Args:
        files: All that are to be done; one that stands twice is done twice.
        done: What an earlier run did, in its order; of these, some may be gone since.
    """
    matched, others = 0, dict[Path, int]()
    for path in done:
        if not others and matched < len(files) and files[matched] == path:
            matched += 1  # as long as nothing changed since, no table of paths is needed
        else:
            others[path] = others.get(path, 0) + 1
    left = []
    for path in files[matched:]:
        if others.get(path):
            others[path] -= 1
        else:
            left.append(path)
    return left


def with_coverage(
    predicted: Iterable[FilePrediction], coverage: float | None
) -> Iterator[FilePrediction]:
    """Yield results that name the sets of classes of a coverage; ``None``: of none."""
    for result in predicted:
        result.coverage = coverage
        yield result


def classify(
    predicted: Iterable[FilePrediction],
    *,
    n_files: int,
    results: ResultFiles,
    printed: ScreenOutput | None,
    draw: Callable[[FilePrediction], bool] | None,
    tally: Tally,
    screen: Console,
) -> None:
    """Write all results, and show how far they are.

    Args:
        predicted: The files that are left to do, in order.
        n_files: How many these are.
        results: Files that are written.
        printed: Where results are printed, if they are.
        draw: Draws a file, if there is something to draw, and returns whether there was.
        tally: Grows.
        screen: For the bar, and what is wrong with a file.

    Raises:
        InputError: If a result cannot be written.
        BrokenPipeError: If results are printed only, and nobody reads them any more.
    """
    total = results.n_done + n_files
    from instrument_net.audio import AudioError  # with PyTorch, which --help does not wait for

    pace = LoggedPace(screen, "files", total, done=results.n_done)
    with work_progress("files", screen) as progress:
        bar = progress.add_task("Classifying", total=total, completed=results.n_done)
        if printed is not None:
            printed.bar = progress
        for result in predicted:
            if result.error is not None:
                progress.console.print(error_line(result.error))
            drawn = False
            try:
                drawn = draw is not None and draw(result)
            except AudioError as error:  # the file changed since it was classified
                tally.n_undrawn += 1
                progress.console.print(error_line(error))
            if printed is not None:
                printed.add(result)
            results.add(result, drawn=drawn)
            tally.add(result.answer)
            progress.advance(bar)
            pace.at(results.n_done)
    if printed is not None:
        printed.end()
    results.complete()
