"""Try broken audio, tables, checkpoints, configurations and folders on the public names.

python -m benchmarks.fuzz [--share 0.01] [--seed 0] [--only audio] [--case 4711] [--workers 2]

Every case follows from the seed, its kind and its number. It has to be accepted with a result that
can be, or refused with one line that names the file, the key or the row, within 10 s and 2 GB. The
costs are read from Linux. Whatever else happens is printed with the arguments that make it again.
Exit status: 0 if nothing else happened, 1 if it did.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.fuzz.kinds import SIZES
from benchmarks.fuzz.trial import ACCEPTED, ANYTHING_ELSE, REFUSED
from benchmarks.fuzz.workers import Order, answers
from instrument_net.escaping import for_screen
from instrument_net.progress import work_progress

_VERDICTS = (ACCEPTED, REFUSED, ANYTHING_ELSE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzzer and return its exit status."""
    options = _parser().parse_args(arguments)
    if options.case is not None and options.only is None:
        _parser().error("--case needs --only KIND")
    console = Console()
    table = Table("kind", "cases", *_VERDICTS, title=f"broken input, seed {options.seed}")
    n_wrong = 0
    for kind in [options.only] if options.only else SIZES:
        if options.case is None:
            numbers: Sequence[int] = range(max(1, round(SIZES[kind] * options.share)))
        else:
            numbers = [options.case]
        counts = _count(Order(kind, options.seed), numbers, options.workers, console)
        n_wrong += counts[ANYTHING_ELSE]
        table.add_row(kind, str(len(numbers)), *(str(counts[verdict]) for verdict in _VERDICTS))
    console.print(table)
    return 1 if n_wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    sizes = ", ".join(f"{size:,} {kind}" for kind, size in SIZES.items())
    parser.add_argument("--share", type=float, default=1.0, help=f"of the cases: {sizes}")
    parser.add_argument("--seed", type=int, default=0, help="of the cases (default: 0)")
    parser.add_argument("--only", choices=tuple(SIZES), help="one kind (default: all)")
    parser.add_argument("--case", type=int, help="one case of a kind, by its number")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    return parser


def _count(order: Order, numbers: Sequence[int], n_workers: int, console: Console) -> Counter[str]:
    """Try the cases of one kind, print what went wrong, and return how many had each verdict."""
    counts: Counter[str] = Counter()
    with work_progress("cases", console) as progress:
        bar = progress.add_task(order.kind, total=len(numbers))
        for number, answer in answers(order, numbers, min(n_workers, len(numbers))):
            counts[answer.verdict] += 1
            progress.advance(bar)
            if answer.verdict == ANYTHING_ELSE or len(numbers) == 1:
                again = f"--seed {order.seed} --only {order.kind} --case {number}"
                line = for_screen(f"{again}: {answer.verdict}: {answer.words}")
                progress.console.print(line, highlight=False, soft_wrap=True)
    return counts


if __name__ == "__main__":
    sys.exit(main())
