"""List the published corpora; show, fetch and check one of them; find what two corpora share.

python -m instrument_net.corpora
python -m instrument_net.corpora fetch tinysol corpora/tinysol
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from instrument_net.corpora import check, fetch, listing, overlap, show
from instrument_net.errors import INTERRUPTED, WRONG_INPUT_STATUS, InputError
from instrument_net.escaping import error_line
from instrument_net.invocation import command_name
from instrument_net.runs.refusal import refuse_missing

# Each has `add`, which adds its parser to the subcommands and sets the default `run`: a function
# of the arguments and the screen that returns the exit status.
_SUBCOMMANDS = (show, fetch, check, overlap)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command's arguments."""
    parser = argparse.ArgumentParser(
        prog=command_name("corpora"),
        description="The published corpora that data=NAME reads: without a subcommand, their list.",
        epilog="Exit status: 0; 1, check found something missing, changed or too many; 2, wrong "
        "arguments, or a file that cannot be read, written or downloaded.",
    )
    parser.set_defaults(run=listing.run)
    subcommands = parser.add_subparsers(title="subcommands", metavar="SUBCOMMAND")
    for subcommand in _SUBCOMMANDS:
        subcommand.add(subcommands)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parse(arguments)
    screen = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        status: int = options.run(options, screen)
    except ModuleNotFoundError as error:
        refuse_missing(error)
    except InputError as error:
        screen.print(error_line(error))
        return WRONG_INPUT_STATUS
    except KeyboardInterrupt:
        screen.print("interrupted: the same command continues")
        return INTERRUPTED
    return status


if __name__ == "__main__":
    sys.exit(main())
