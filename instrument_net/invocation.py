"""How one of our commands is typed here: after it was installed, or in a checkout."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CONSOLE_SCRIPT = "instrument-net"


def command_name(command: str) -> str:
    """Return the beginning of a command line, in the form in which this process was started.

    Where the console script was started, ``python -m`` may be the Python of another environment.

    Args:
        command: Name of its module, for example ``cross_validate``.

    >>> command_name("cross_validate")
    'python -m instrument_net.cross_validate'
    """
    # On Windows, the script has an ending.
    if Path(sys.argv[0]).stem == CONSOLE_SCRIPT:
        return f"{CONSOLE_SCRIPT} {command.replace('_', '-')}"
    return f"python -m instrument_net.{command}"


def as_started(text: str) -> str:
    """Return a text in which every command of ours has the form in which this process was started.

    Args:
        text: With commands as ``python -m instrument_net.train``.
    """
    return re.sub(r"python -m instrument_net\.(\w+)", lambda found: command_name(found[1]), text)
