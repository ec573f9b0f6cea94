"""How a command refuses: one line on the error stream, and exit status 2."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console

from instrument_net.errors import WRONG_INPUT_STATUS
from instrument_net.escaping import for_screen


def refuse(reason: str) -> NoReturn:
    """Print why input cannot be used, and end the process with exit status 2."""
    console = Console(stderr=True)
    console.print(f"[red]error:[/red] {for_screen(reason)}", highlight=False, soft_wrap=True)
    sys.exit(WRONG_INPUT_STATUS)
