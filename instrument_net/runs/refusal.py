"""How a command refuses: one line on the error stream, and exit status 2."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS
from instrument_net.escaping import error_line
from instrument_net.extras import missing


def refuse(reason: str) -> NoReturn:
    """Print why input cannot be used, and end the process with exit status 2."""
    console = Console(stderr=True)
    console.print(error_line(reason), highlight=False, soft_wrap=True)
    sys.exit(WRONG_INPUT_STATUS)


def refuse_missing(error: ModuleNotFoundError) -> NoReturn:
    """Print which extra brings a package that is not installed, and end the process with status 2.

    Raises:
        ModuleNotFoundError: The same error, if the package is of no extra.
    """
    reason = missing(error.name)
    if reason is None:
        raise error
    refuse(reason)
